import type { JsonObject } from '../../json.ts';
import type { LocalityGroup } from '../balance/localities.ts';
import type { Address } from '../facts.ts';
import { has, number, object, objects, text } from '../runtime/proto.ts';
import { internalAddress } from '../tcp/internal.ts';
import { Host, hostKey } from './host.ts';

/** Addresses of a name, for STRICT_DNS and LOGICAL_DNS clusters; empty when there are none. */
export type Resolve = (name: string) => readonly string[];

const healths: { [status: string]: Host['health'] } = {
  UNHEALTHY: 'unhealthy',
  DRAINING: 'unhealthy',
  TIMEOUT: 'unhealthy',
  DEGRADED: 'degraded',
};

/** A ClusterLoadAssignment as localities by priority. `known`: hosts that stay themselves when their address does. */
export function readHosts(
  assignment: JsonObject,
  known: ReadonlyMap<string, Host>,
  resolve: Resolve,
): LocalityGroup[][] {
  const priorities: LocalityGroup[][] = [];
  const seen = new Set<string>();
  for (const group of objects(assignment, 'endpoints')) {
    const priority = number(group, 'priority');
    const from = object(group, 'locality');
    const locality = { region: text(from, 'region'), zone: text(from, 'zone'), subZone: text(from, 'subZone') };
    const hosts = objects(group, 'lbEndpoints').flatMap((lb) =>
      addresses(lb, resolve).flatMap((address) => {
        const key = hostKey(address);
        // The same address twice in one assignment counts once (source/common/upstream/upstream_impl.cc, updateDynamicHostList).
        if (seen.has(key)) return [];
        seen.add(key);
        const host = known.get(key) ?? new Host(address);
        host.priority = priority;
        host.locality = locality;
        describe(host, lb);
        return [host];
      }),
    );
    for (let p = priorities.length; p <= priority; p++) priorities.push([]);
    priorities[priority]?.push({ locality, weight: number(group, 'loadBalancingWeight'), hosts });
  }
  return priorities;
}

function describe(host: Host, lb: JsonObject): void {
  host.weight = number(lb, 'loadBalancingWeight', 1);
  host.health = healths[text(lb, 'healthStatus')] ?? 'healthy';
  host.excluded = text(lb, 'healthStatus') === 'DRAINING';
  host.metadata = object(lb, 'metadata', 'filterMetadata');
  host.hostname = text(object(lb, 'endpoint'), 'hostname');
}

function addresses(lb: JsonObject, resolve: Resolve): Address[] {
  const all = object(lb, 'endpoint', 'address');
  const socket = object(all, 'socketAddress');
  const [address, port] = [text(socket, 'address'), number(socket, 'portValue')];
  if (address) return resolve(address).map((ip) => ({ ip, port }));
  const internal = object(all, 'envoyInternalAddress');
  return has(all, 'envoyInternalAddress') ? [internalAddress(internal, object(lb, 'metadata', 'filterMetadata'))] : [];
}
