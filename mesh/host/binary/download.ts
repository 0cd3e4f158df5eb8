import { envoyFolder } from './cache.ts';
import type { FetchContext, SearchContext } from './source.ts';

/** Why nothing may be downloaded, if so. */
export function noDownload({ env }: SearchContext): string | undefined {
  return env.MESH_LABS_OFFLINE && env.MESH_LABS_OFFLINE !== '0' ? 'MESH_LABS_OFFLINE is set' : undefined;
}

/** The one line before a download: what, how big, where to, and how to refuse. `size` in bytes. */
export function announce(context: FetchContext, size: number, tool?: string): void {
  const megabytes = Math.max(1, Math.round(size / 1e6));
  const by = tool ? ` with ${tool}` : '';
  context.notify(
    `Downloading Envoy ${context.lock.version} (${megabytes} MB)${by} into ${envoyFolder(context.env)}; to refuse: MESH_LABS_OFFLINE=1 or --on sim`,
  );
}
