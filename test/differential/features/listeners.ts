import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, istio, pick, type Request, type Slot } from '../feature.ts';

interface Port {
  number: number;
  protocol: string;
  targetPort: number;
}

/** A port of its own for each case, so that one listener by port alone belongs to one case, or one that all cases have. */
const portOf = (random: Random, { index }: Slot): Port => {
  const protocol = pick(random, ['HTTP', 'TCP', 'HTTP2', 'GRPC', 'TLS', 'MONGO', '']);
  const targetPort = protocol === 'TCP' || protocol === 'TLS' ? 9000 : pick(random, [8080, 8080, 9000]);
  return { number: pick(random, [80, 443, 7000, 7100 + index]), protocol, targetPort };
};

/** Two addresses of its own, so that a case may ask beside its own without asking another's. */
const pairOf = ({ index }: Slot): { vip: string; beside: string } => ({
  vip: `10.98.${index}.0`,
  beside: `10.98.${index}.1`,
});

const entry = (random: Random, { name, host, ips }: Slot, { vip, ...port }: Port & { vip: string }): JsonObject =>
  istio('ServiceEntry', name, {
    hosts: [host],
    ...pick<JsonObject>(random, [{ addresses: [vip] }, { addresses: [vip] }, { addresses: [`${vip}/31`] }, {}]),
    location: pick(random, ['MESH_EXTERNAL', 'MESH_INTERNAL']),
    resolution: 'STATIC',
    ports: [{ ...port, name: `${port.protocol.toLowerCase() || 'auto'}-${port.number}` }],
    endpoints: [{ address: ips[0] ?? '' }],
  });

/** HTTP and bytes, at the right address and port and beside them. The interpreter counts the bytes of HTTP as messages, so TCP ports get no HTTP; HTTP/2 servers neither: apps speak HTTP/1.1. */
function requests(random: Random, own: Slot, port: Port): Request[] {
  const { host, ips } = own;
  const { vip, beside } = pairOf(own);
  const to = () =>
    `${pick(random, [vip, vip, beside, ips[0] ?? '', ips[1] ?? ''])}:${chance(random, 0.8) ? port.number : pick(random, [80, 81, 9000])}`;
  const http = (): Request => ({ to: to(), headers: [['host', pick(random, [host, host, 'else.test'])]] });
  const tcp = (): Request => ({ kind: 'tcp', to: to(), send: 'hello\r\n' });
  const inbound: Request[] = [
    { from: 'legacy', to: '10.244.1.1:8080', headers: [['host', 'any']] },
    { from: pick(random, ['legacy', 'client']), kind: 'tcp', to: '10.244.1.2:9000', send: 'hello\r\n' },
  ];
  const isHttp = port.protocol === 'HTTP' || (port.protocol === '' && chance(random, 0.5));
  return [...(isHttp ? [http(), http(), http()] : [tcp(), tcp(), tcp()]), pick(random, inbound)];
}

/** Which listener and which of its filter chains takes a connection. What nobody takes ends: REGISTRY_ONLY. */
export const listeners: Feature = {
  id: 'listeners',
  title: 'listeners by original destination, filter chains, protocol detection',
  mesh: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } },
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const own = slot(i);
      const port = portOf(random, own);
      return {
        name: JSON.stringify(port),
        objects: [entry(random, own, { ...port, vip: pairOf(own).vip })],
        endpoints: 1,
        requests: requests(random, own, port),
      };
    }),
};
