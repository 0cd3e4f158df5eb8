import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sirv from 'sirv';
import { CommandError, exitCodes } from '../fail.ts';

/** What a page of the course may do, also where its own meta element cannot say so (frames, sniffing, the referrer). */
const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
};

export interface Served {
  /** http://127.0.0.1:PORT/ */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the built course on loopback. Throws a CommandError: 3 when it has not been built, 2 when the port is taken.
 *
 * @param port 0: any that is free
 */
export async function serveSite(folder: string, port: number): Promise<Served> {
  if (!existsSync(join(folder, 'index.html')))
    throw new CommandError(exitCodes.unavailable, {
      what: 'The course has not been built here.',
      where: { file: folder },
      fix: 'In a clone: `npm run build:site`. The published package brings it.',
    });
  const files = sirv(folder, {
    brotli: true,
    setHeaders: (response, path) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      // Names in _astro carry a digest of the content.
      response.setHeader(
        'cache-control',
        path.startsWith('/_astro/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const server = createServer((request, response) => {
    // A page elsewhere that has a name of its own for 127.0.0.1 must not read this one (DNS rebinding).
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) {
      response.writeHead(421).end();
      return;
    }
    files(request, response, () => notFound(folder, response));
  });
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}/`, close: () => close(server) };
}

function notFound(folder: string, response: ServerResponse): void {
  response.writeHead(404, { ...headers, 'content-type': 'text/html; charset=utf-8' });
  createReadStream(join(folder, '404.html'))
    .on('error', () => response.end())
    .pipe(response);
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const what =
      error.code === 'EADDRINUSE' ? `Port ${port} is taken.` : `The course cannot be served: ${error.message}.`;
    reject(new CommandError(exitCodes.usage, { what, fix: 'Leave `--port` out for a free one, or name another.' }));
  });
  server.listen(port, '127.0.0.1', resolve);
  await promise;
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
