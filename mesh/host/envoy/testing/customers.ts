import type { RequestListener } from 'node:http';
import { type GoldenProxy, goldenProxies } from './golden.ts';

/** Golden scenario a02 with both versions: v1 is v2 under another name, as istiod gives both the same. */
export function customers(): { frontend: GoldenProxy; v1: GoldenProxy; v2: GoldenProxy } {
  const [v2, frontend] = goldenProxies('a02');
  if (v2 === undefined || frontend === undefined) throw new Error('no golden data');
  return { frontend, v2, v1: renamed(v2, 'customers-v2', 'customers-v1', '10.244.1.11') };
}

function renamed(golden: GoldenProxy, from: string, to: string, ip: string): GoldenProxy {
  const proxy = JSON.parse(JSON.stringify(golden.proxy).replaceAll(from, to).replaceAll(golden.proxy.ip, ip));
  return { ...golden, proxy };
}

/** An app on port 3000 that answers with its version and with what its proxy says of the caller. */
export const versioned = (version: string): { 3000: RequestListener } => ({
  3000: (request, response) => {
    response.end(JSON.stringify({ version, xfcc: request.headers['x-forwarded-client-cert'] }));
  },
});
