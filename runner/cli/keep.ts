import type { Mesh } from '../place/place.ts';
import type { Deps } from './deps.ts';

/** Tells how to reach the mesh, waits for Ctrl-C, closes it. */
export async function keepUntilSignal(mesh: Mesh, { out, signal }: Deps): Promise<void> {
  const reach = (mesh.reach ?? []).map((line) => `  ${line}\n`).join('');
  const end = 'Ctrl-C here ends it. After a crash, `mesh-labs clean` ends what is left.';
  out.write(`\nThe mesh keeps running.\n${reach}${end}\n`);
  await untilInterrupted(signal);
  await mesh.close();
}

/** Keeps the process alive until Ctrl-C. */
export async function untilInterrupted(signal: AbortSignal): Promise<void> {
  const ended = Promise.withResolvers<void>();
  // A listener alone does not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  if (signal.aborted) ended.resolve();
  await ended.promise;
  clearInterval(alive);
}
