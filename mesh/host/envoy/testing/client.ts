import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Uplink, uplinkHeader } from '../../../world/dial.ts';
import { captureSocket } from '../../localise/place.ts';
import type { RunningPod } from './mesh.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A connection as an app makes it: through the pod's capture, or to the world. */
export function dial(uplink: Uplink, source: string, destination: string): Socket {
  const socket = 'socket' in uplink ? connect(uplink.socket) : connect(uplink.port, '127.0.0.1');
  const [ip = '', port = ''] = destination.split(':');
  socket.write(uplinkHeader(uplink, { ip: source, port: 40_000 }, { ip, port: Number(port) }));
  return socket;
}

/** An HTTP client inside of a pod; connections are kept alive. `to` is ip:port, the name goes into the host header. */
export function clientIn(
  pod: RunningPod,
  to: string,
): (path: string, headers: { [name: string]: string }) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = () => dial({ socket: captureSocket(pod.folder) }, pod.proxy.ip, to);
  return (path, headers) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ agent, path, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
}

/** Sends bytes and reads until the other side ends: what came, and the error code if it did not end in order. */
export function exchange(socket: Socket, bytes: string): Promise<{ received: string; error: string }> {
  return new Promise((resolve) => {
    let received = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ received, error: error.code ?? error.message }));
    socket.on('end', () => resolve({ received, error: '' }));
    socket.write(bytes);
  });
}
