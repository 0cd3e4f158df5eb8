import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ByteStream } from '../../kube/runtime.ts';
import type { TcpHandler, WorkloadContext } from '../../workloads/workload.ts';

/** Serves each connection until the handler returns. */
export function tcpPort(serve: TcpHandler, ctx: WorkloadContext): (socket: Socket) => void {
  return (socket) => {
    // A broken connection reaches the handler through its streams.
    socket.on('error', () => {});
    serve(byteStream(socket), ctx)
      .catch((error: unknown) => {
        if (!socket.errored) ctx.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      })
      .finally(() => socket.destroySoon());
  };
}

/** A socket as the web streams that workloads know. */
export function byteStream(socket: Socket): ByteStream {
  // node:stream/web and the DOM declare the same streams as different types.
  return Duplex.toWeb(socket) as unknown as ByteStream;
}
