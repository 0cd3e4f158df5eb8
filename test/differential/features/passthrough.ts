import type { Random } from '../../../mesh/world/random.ts';
import { type Case, type Feature, istio, pick, type Request, type Slot } from '../feature.ts';

/** Where nobody is configured: an app that is there, one that is not, a port nobody serves. */
function requests(random: Random, { host, vip, ips }: Slot): Request[] {
  const [first = '', second = ''] = ips;
  const addresses = [`${first}:8080`, `${second}:8080`, `${first}:9000`, `${vip}:80`, `${vip}:9000`, '10.244.1.1:8080'];
  const hosts = [host, 'unknown.test', 'app', 'app-v1.diff.svc.cluster.local', first, `${first}:8080`];
  const http = Array.from(
    { length: 6 },
    (): Request => ({
      to: pick(random, ['10.96.1.1:80', `${first}:8080`, `${second}:8080`, `${vip}:80`, '10.244.1.2:8080']),
      headers: [
        ['host', pick(random, hosts)],
        ['x-do', pick(random, ['200', '404 x-a:b', 'reset'])],
      ],
      path: '/p?q',
    }),
  );
  const tcp = [pick(random, addresses), pick(random, addresses)].map(
    (to): Request => ({ kind: 'tcp', to, send: 'hello' }),
  );
  return [...http, ...tcp];
}

const cases: Feature['cases'] = (random, count, slot) =>
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
      requests: requests(random, own),
    };
  });

export const allowAny: Feature = {
  id: 'allow-any',
  title: 'original destination and passthrough (ALLOW_ANY)',
  cases,
};

export const registryOnly: Feature = {
  id: 'registry-only',
  title: 'original destination and black hole (REGISTRY_ONLY)',
  mesh: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } },
  cases,
};
