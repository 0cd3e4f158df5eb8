import type { Socket } from 'node:net';

/**
 * Joins two connections: each half is passed on with back-pressure and ended for itself; when one breaks, by a reset or
 * otherwise, the other is reset.
 */
export function relay(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => reset(to));
    // Closed without an end of its own: cut in the middle.
    from.on('close', () => {
      if (!from.readableEnded) reset(to);
    });
    from.pipe(to);
  }
}

/** RST where the kind of socket has one; a Unix socket is closed. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
