import { run } from '../exec.ts';

/** `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`; istio-proxy adds a suffix such as `-dev` to the number. */
const pattern = /version:\s*[^/\s]+\/(\d+\.\d+\.\d+[^/\s]*)\//;

/** Asks a binary for its version. Throws CommandFailed when it does not run; undefined when it is no Envoy. */
export async function envoyVersion(path: string, signal?: AbortSignal): Promise<string | undefined> {
  const { stdout } = await run(path, ['--version'], { timeoutMs: 10_000, ...(signal && { signal }) });
  return pattern.exec(stdout)?.[1];
}

export function versionWarning(found: string, wanted: string): string | undefined {
  if (found === wanted) return undefined;
  return `Envoy ${found} is used; the labs are checked with ${wanted}`;
}
