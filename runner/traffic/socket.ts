import { Resolver } from 'node:dns/promises';
import { isIPv6, type Socket } from 'node:net';

/** Against the run's own server on this machine: an answer that takes a second is not coming. */
export function resolverOf({ address, port }: { address: string; port: number }): Resolver {
  const resolver = new Resolver({ timeout: 1000, tries: 3 });
  resolver.setServers([`${isIPv6(address) ? `[${address}]` : address}:${port}`]);
  return resolver;
}

/** The result of some work; rejects with the signal's reason when that aborts first. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
  return promise;
}

/** Resolves with the socket at `event`; an error or an abort before that destroys it. */
export function opened(
  socket: Socket,
  signal: AbortSignal,
  event: 'connect' | 'secureConnect' = 'connect',
): Promise<Socket> {
  socket.setNoDelay(true);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // Stays: an error that comes before the next owner listens must not be an uncaught one.
  socket.on('error', reject);
  socket.once(event, () => resolve(socket));
  return abortable(promise, signal).catch((error) => {
    socket.destroy();
    throw error;
  });
}
