import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import type { SearchContext } from './source.ts';

/** MESH_LABS_CACHE, else the platform's cache folder (XDG, macOS). */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.MESH_LABS_CACHE || envPaths('mesh-labs', { suffix: '' }).cache;
}

/** All installed Envoys. */
export const envoyFolder = (env: NodeJS.ProcessEnv): string => join(cacheFolder(env), 'envoy');

/** Where this version for this platform lies: `envoy` and `receipt.json`. */
export const installFolder = ({ env, lock, platform }: SearchContext): string =>
  join(envoyFolder(env), `${lock.version}-${platform}`);

const receiptSchema = z.object({
  version: z.string(),
  /** Of the binary, verified when it was installed. */
  sha256: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  source: z.string(),
});

/**
 * Written beside a verified binary, so that a start need not hash 107 MB (about 0.1–0.5 s): size and modification
 * time tell whether the file is still the one that was verified.
 */
export type Receipt = z.infer<typeof receiptSchema>;

/** The cached Envoy of the locked version, or why there is none. Costs two file operations. */
export async function cachedEnvoy(context: SearchContext): Promise<{ path: string } | { reason: string }> {
  return installed(installFolder(context), context);
}

/** Whether a folder holds a complete, unchanged and expected installation. */
export async function installed(
  folder: string,
  context: SearchContext,
): Promise<{ path: string } | { reason: string }> {
  const path = join(folder, 'envoy');
  const receipt = await readReceipt(folder);
  if (receipt === 'absent') return { reason: 'not there yet' };
  if (receipt === 'unreadable') return { reason: 'its receipt cannot be read' };
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile()) return { reason: 'the binary is missing' };
  if (file.size !== receipt.size || file.mtimeMs !== receipt.mtimeMs) return { reason: 'the binary was changed' };
  if (!digests(context).includes(receipt.sha256)) return { reason: 'it is not the one in tools.lock.json' };
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return executable ? { path } : { reason: 'the binary cannot be executed' };
}

/** SHA-256 digests that a binary for this platform may have. */
function digests({ lock, platform }: SearchContext): (string | undefined)[] {
  return [lock.wheel.files[platform]?.binarySha256, lock.release[platform]?.sha256];
}

async function readReceipt(folder: string): Promise<Receipt | 'absent' | 'unreadable'> {
  try {
    return receiptSchema.parse(JSON.parse(await readFile(join(folder, 'receipt.json'), 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable';
  }
}
