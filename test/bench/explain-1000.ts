import { type JsonObject, objects } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { explanationOf } from '../../runner/explain/explain.ts';
import { openAsked } from '../../runner/explain/session.ts';
import { explanationLines } from '../../runner/explain/text.ts';
import type { Bench } from './bench.ts';
import { mesh1000 } from './mesh-1000.ts';

const runs = 15;
const plain = { columns: 100, paint: (_: string, text: string) => text };

/** Services that are asked. The node of a simulated cluster has 254 addresses, so only theirs have pods that run. */
const asked = Array.from({ length: runs + 1 }, (_, n) => 3 * n);
const isAsked = new RegExp(`^(client|svc-(${asked.join('|')})(-\\d+)?)$`);

/** As somebody would apply it: pods that the mesh injects; for the others, slices with addresses of nobody. */
function applied(object: KubeObject): KubeObject[] {
  const { kind, metadata, spec } = object;
  const runs = isAsked.test(metadata.name);
  if (kind === 'Namespace') return [{ ...object, metadata: { ...metadata, labels: { 'istio-injection': 'enabled' } } }];
  if (kind === 'EndpointSlice') return runs ? [] : [{ ...object, endpoints: objects(object.endpoints).map(ofNobody) }];
  if (kind !== 'Pod') return [object];
  const { 'security.istio.io/tlsMode': _, ...labels } = metadata.labels ?? {};
  const { serviceAccountName: __, ...rest } = spec ?? {};
  const containers = [{ name: 'app', image: 'app', ports: [{ containerPort: 8080 }] }];
  return runs ? [{ ...object, metadata: { ...metadata, labels }, spec: { ...rest, containers } }] : [];
}

const ofNobody = ({ targetRef: _, nodeName: __, ...endpoint }: JsonObject): JsonObject => endpoint;

/** `explain` in the mesh of 1 000 services: from a request to its explanation, when the mesh stands and its sender has sent before. */
export const explain1000: Bench = {
  name: 'explain-1000',
  async run() {
    const given = mesh1000().flatMap(applied);
    const url = (n: number) => `http://svc-${n}.team-${n % 10}/`;
    const began = performance.now();
    const mesh = await openAsked({ objects: given, from: 'client.bench', request: { url: url(0) }, seed: 1 });
    const loaded = performance.now();
    const explained = async (n: number) => {
      const start = performance.now();
      const { trace, world, sender } = await mesh.ask({ url: url(n) });
      const text = explanationLines(explanationOf({ trace, world, sender, locate: (origin) => origin }), plain);
      if (!text[1]?.includes('200') || !text.join().includes(`svc-${n}`)) throw new Error(text.join('\n'));
      return performance.now() - start;
    };
    const first = await explained(0);
    const far: number[] = [];
    for (const n of asked.slice(1)) far.push(await explained(n));
    const near: number[] = [];
    for (let i = 0; i < runs; i++) near.push(await explained(0));
    mesh.close();
    return [
      { what: 'mesh of 1 000 services with 5 000 endpoints, loaded', values: [loaded - began], unit: 'ms' },
      { what: 'first explanation, which makes the proxy of the client', values: [first], unit: 'ms' },
      { what: 'explanation that makes the proxy of the server', values: far, unit: 'ms' },
      { what: 'explanation', values: near, unit: 'ms', budget: { atMost: 50 } },
    ];
  },
};
