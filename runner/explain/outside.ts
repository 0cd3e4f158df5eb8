import type { MeshSim } from '../../mesh/envoy/mesh-sim.ts';
import { objects, strings } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/** TEST-NET-3 (RFC 5737): addresses that belong to nobody. */
const address = (n: number) => `203.0.113.${(n % 254) + 1}`;

/** The world outside of the cluster, as far as a question needs one: hosts that have a name and answer 200 on every port that is asked for. */
export class Outside {
  readonly #addresses = new Map<string, string>();

  constructor(given: readonly KubeObject[], url: URL) {
    const entries = given.filter((o) => o.kind === 'ServiceEntry');
    const names = entries.flatMap(({ spec }) => [
      ...strings(spec?.hosts),
      ...objects(spec?.endpoints).map((e) => String(e.address)),
    ]);
    for (const name of [...names, url.hostname])
      if (isOutside(name) && !this.#addresses.has(name)) this.#addresses.set(name, address(this.#addresses.size));
  }

  readonly resolve = (name: string): readonly string[] => {
    const found = this.#addresses.get(name);
    return found === undefined ? [] : [found];
  };

  /** Name of a host by its address. */
  nameOf(ip: string): string | undefined {
    return [...this.#addresses].find(([, at]) => at === ip)?.[0];
  }

  attach(dataplane: Pick<MeshSim, 'attach'>, ports: readonly number[]): void {
    for (const [name, ip] of this.#addresses) {
      const handle = ({ method, path }: { method: string; path: string }) => ({
        status: 200,
        body: `${JSON.stringify({ host: name, received: { method, path } })}\n`,
      });
      dataplane.attach(ip, '', () => Object.fromEntries(ports.map((p) => [p, { protocol: 'http', handle }])));
    }
  }
}

/** Names of the cluster are not invented; nor are short ones, which only a search list could complete. */
const isOutside = (name: string) =>
  name.includes('.') &&
  !name.includes('*') &&
  !name.endsWith('.cluster.local') &&
  !/^[\d.:[\]]+$/.test(name) &&
  !name.endsWith('.svc');
