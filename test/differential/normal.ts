import { networkInterfaces } from 'node:os';
import type { Answer, LogLine, Seen } from './feature.ts';

type Headers = readonly (readonly [string, string])[];

/** Headers whose values are times and random numbers: that they are there is compared, not what they say. */
const random = new Set(['date', 'x-request-id', 'x-envoy-upstream-service-time', 'x-b3-traceid', 'x-b3-spanid']);

/**
 * What the two sides are compared by. Beside dates and ids, blanked is only what follows from how `local` runs: headers of
 * the connection between Node and Envoy, real sockets in place of virtual addresses, and fingerprints of certificates.
 */
export interface NormalAnswer {
  status: number | string;
  body: string;
  headers: { [name: string]: string };
  seen: unknown[];
  logs: unknown[];
}

export const normalAnswer = ({ status, error, headers, body, seen, logs }: Answer): NormalAnswer => ({
  // A Unix socket knows no reset, only the end (mesh/world/dial.ts).
  status: status ?? (error === undefined || error === 'ECONNRESET' || error === 'EOF' ? 'ended' : error),
  body,
  headers: normalHeaders(headers),
  seen: sorted(seen.map(normalSeen)),
  logs: sorted(logs.map(normalLog)),
});

const sorted = <T>(values: readonly T[]): T[] =>
  values
    .map((value) => ({ value, key: JSON.stringify(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((v) => v.value);

const connection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

function normalHeaders(headers: Headers): { [name: string]: string } {
  const map = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (connection.has(lower)) continue;
    const shown = random.has(lower)
      ? '*'
      : String(inMesh(lower === 'x-forwarded-client-cert' ? withoutHash(value) : value));
    const before = map.get(lower);
    map.set(lower, before === undefined ? shown : `${before}${lower === 'set-cookie' ? '\n' : ', '}${shown}`);
  }
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Mirrored copies come from where Envoy takes itself to be (async_client_impl.cc): this machine, in place of the pod `client`. */
const machine = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address)));

const inMesh = (address: unknown): unknown =>
  typeof address === 'string' ? address.replace(/[^, ]+/g, (one) => (machine.has(one) ? '10.244.0.1' : one)) : address;

/** Without what follows from a certificate's bytes: the interpreter knows only what certificates say. */
const withoutHash = (value: string): string => value.replace(/Hash=[0-9a-f]+/g, 'Hash=*').replace(/Cert="[^"]*";/g, '');

const normalSeen = ({ headers, ...rest }: Seen) => ({ ...rest, headers: normalHeaders(headers) });

function normalLog({ proxy, fields }: LogLine): unknown {
  const { upstream, cluster, ...rest } = fields;
  const name = typeof cluster === 'string' ? cluster : '';
  // What passes through goes to the world, which is one port here.
  const to = name.endsWith('PassthroughCluster') ? '*' : normalUpstream(upstream, name.startsWith('inbound|'));
  return { proxy, ...rest, cluster, upstream: to, remote: inMesh(rest.remote) };
}

/** `envoy://fabric/10.244.1.1:8080` is the pod; behind its own proxy an app has a socket, here `…/app-8080.sock`. */
function normalUpstream(upstream: unknown, isInbound: boolean): unknown {
  if (typeof upstream !== 'string') return upstream;
  const port = upstream.match(isInbound ? /[:-](\d+)(\.sock)?$/ : /\/app-(\d+)\.sock$/)?.[1];
  return port === undefined ? upstream.replace(/^envoy:\/\/fabric\//, '') : `app:${port}`;
}
