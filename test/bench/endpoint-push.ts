import { LocalConfigs } from '../../mesh/host/control/local-configs.ts';
import { somePlace } from '../../mesh/host/localise/testing/some.ts';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { PushGenerator } from '../../mesh/istiod/push/generator.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KindRef, KubeObject } from '../../mesh/kube/objects.ts';
import type { Measurement } from './bench.ts';
import { changedSlice } from './mesh-1000.ts';

const runs = 15;
/** Service 0 has two ports, each as a whole and in two subsets. */
const assignments = 6;

/**
 * What one changed endpoint costs one proxy of a large mesh: from the event of the store to the text of the resources that this
 * machine's Envoy has not been sent yet.
 */
export function endpointPush(objects: readonly KubeObject[], client: KubeObject): Measurement {
  const byKind = Map.groupBy(objects, (o) => o.kind);
  const generator = new PushGenerator({
    objects: { list: ({ kind }: KindRef) => byKind.get(kind) ?? [] },
    mesh: installedMeshConfig(),
  });
  const id = generator.connect((snapshot) => proxyOf(client, snapshot))?.proxy.id ?? '';
  const sent = new SentEndpoints(generator, id);
  sent.next();
  const [changed] = changedSlice(objects);
  const original = objects.find((o) => o.kind === changed?.kind && o.metadata.name === changed.metadata.name);
  if (!changed || !original) throw new Error('the mesh has no slice to change');
  const values = Array.from({ length: runs }, (_, i) => {
    const [previous, object] = i % 2 === 0 ? [original, changed] : [changed, original];
    const slices = byKind.get(object.kind) ?? [];
    byKind.set(
      object.kind,
      slices.map((s) => (s === previous ? object : s)),
    );
    const start = performance.now();
    generator.update([{ type: 'MODIFIED', object, previous }]);
    const count = sent.next();
    const ms = performance.now() - start;
    if (count !== assignments) throw new Error(`one endpoint changed ${count} assignments`);
    return ms;
  });
  return { what: 'push of one endpoint change to one proxy', values, unit: 'ms', budget: { atMost: 5 } };
}

class SentEndpoints {
  readonly #generator: PushGenerator;
  readonly #id: string;
  readonly #locals = new LocalConfigs();
  readonly #place = somePlace();
  #sent = new Set<JsonObject>();

  constructor(generator: PushGenerator, id: string) {
    this.#generator = generator;
    this.#id = id;
  }

  /** Serialises what is new; returns how many assignments that were, the fabric's not counted. */
  next(): number {
    const generated = this.#generator.generated(this.#id);
    if (!generated) throw new Error('the proxy is not connected');
    const { endpoints } = this.#locals.next(generated.config, generated.proxy, this.#place);
    const fresh = endpoints.filter((e) => !this.#sent.has(e));
    JSON.stringify(fresh);
    this.#sent = new Set(endpoints);
    return fresh.filter((e) => e.clusterName !== 'fabric').length;
  }
}
