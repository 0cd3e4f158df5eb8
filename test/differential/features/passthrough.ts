import type { Random } from '../../../mesh/world/random.ts';
import { type Case, type Feature, istio, pick, type Request, type Slot } from '../feature.ts';

type Mode = 'ALLOW_ANY' | 'REGISTRY_ONLY';

/**
 * Requests to what a case has configured and to what nobody has. Where everything may leave, only to apps that are there:
 * `local` cannot refuse a connection, it can only end it (mesh/host/world), so Envoy says UC and never UF.
 */
function requests(
  random: Random,
  { host, vip, ips }: Slot,
  { mode, protocol }: { mode: Mode; protocol: string },
): Request[] {
  const [first = '', second = ''] = ips;
  const nowhere = mode === 'REGISTRY_ONLY' ? [`${second}:8080`, `${vip}:9000`] : [];
  const entry = protocol === 'none' && mode === 'ALLOW_ANY' ? [] : [`${vip}:80`];
  const bytes = protocol === 'TCP' || mode === 'REGISTRY_ONLY' ? entry : [];
  const addresses = [`${first}:9000`, ...nowhere, ...bytes, '10.244.1.1:9000', '10.96.1.1:9000'];
  const web = ['10.96.1.1:80', `${first}:8080`, ...nowhere, ...(protocol === 'TCP' ? [] : entry), '10.244.1.2:8080'];
  const hosts = [host, 'unknown.test', 'app-v2', 'app-v1.diff.svc.cluster.local', first, `${first}:8080`];
  const http = Array.from({ length: 6 }, (): Request => {
    const to = pick(random, web);
    // A virtual address that is passed through leads nowhere.
    const authority = to === `${vip}:80` && mode === 'ALLOW_ANY' ? host : pick(random, hosts);
    return {
      to,
      headers: [
        ['host', authority],
        ['x-do', pick(random, ['200', '404 x-a:b', 'reset'])],
      ],
      path: '/p?q',
    };
  });
  const tcp = [pick(random, addresses), pick(random, addresses)].map(
    (to): Request => ({ kind: 'tcp', to, send: 'hello\r\n' }),
  );
  return [...http, ...tcp];
}

const casesOf =
  (mode: Mode): Feature['cases'] =>
  (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const own = slot(i);
      const [first = ''] = own.ips;
      const protocol = pick(random, ['HTTP', 'TCP']);
      const entry = {
        hosts: [own.host],
        addresses: [own.vip],
        location: pick(random, ['MESH_EXTERNAL', 'MESH_INTERNAL']),
        resolution: 'STATIC',
        ports: [{ number: 80, name: protocol.toLowerCase(), protocol, targetPort: protocol === 'HTTP' ? 8080 : 9000 }],
        endpoints: [{ address: first }],
      };
      const isKnown = i % 2 === 0;
      return {
        name: isKnown ? `ServiceEntry ${protocol} ${entry.location}` : 'no ServiceEntry',
        objects: isKnown ? [istio('ServiceEntry', own.name, entry)] : [],
        endpoints: 1,
        requests: requests(random, own, { mode, protocol: isKnown ? protocol : 'none' }),
      };
    });

export const allowAny: Feature = {
  id: 'allow-any',
  title: 'original destination and passthrough (ALLOW_ANY)',
  cases: casesOf('ALLOW_ANY'),
};

export const registryOnly: Feature = {
  id: 'registry-only',
  title: 'original destination and black hole (REGISTRY_ONLY)',
  mesh: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } },
  cases: casesOf('REGISTRY_ONLY'),
};
