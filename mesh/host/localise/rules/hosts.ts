import type { JsonObject } from '../../../json.ts';
import type { Rule } from '../rule.ts';
import { child, nameOf, objects, text } from '../walk.ts';

/**
 * Envoy resolves no names: clusters of type STRICT_DNS and LOGICAL_DNS become STATIC ones with the virtual addresses
 * that the run knows for the host. With its own resolver Envoy would ask the machine's (spike, rule 21), and with any
 * resolver it would dial the answer on the machine's network.
 */
export const hosts: Rule = {
  name: 'hosts',
  apply(config, { place }) {
    for (const cluster of config.clusters) {
      if (cluster.type !== 'STRICT_DNS' && cluster.type !== 'LOGICAL_DNS') continue;
      const all = cluster.type === 'STRICT_DNS';
      cluster.type = 'STATIC';
      for (const field of [
        'typedDnsResolverConfig',
        'dnsRefreshRate',
        'dnsJitter',
        'respectDnsTtl',
        'dnsLookupFamily',
      ]) {
        delete cluster[field];
      }
      const assignment = child(cluster, 'loadAssignment');
      assignment.clusterName ??= nameOf(cluster);
      for (const locality of objects(assignment.endpoints)) {
        locality.lbEndpoints = objects(locality.lbEndpoints).flatMap((host) => resolved(host, place.resolveHost, all));
      }
    }
  },
};

/** LOGICAL_DNS uses one address of an answer, STRICT_DNS all of them. */
function resolved(host: JsonObject, resolve: (name: string) => string[], all: boolean): JsonObject[] {
  const endpoint = child(host, 'endpoint');
  const socket = child(child(endpoint, 'address'), 'socketAddress');
  const name = text(socket, 'address');
  if (name === '') return [host];
  const addresses = /^[\d.]+$|:/.test(name) ? [name] : resolve(name);
  return addresses.slice(0, all ? undefined : 1).map((address) => ({
    ...host,
    endpoint: {
      ...endpoint,
      hostname: text(endpoint, 'hostname') || name,
      address: { socketAddress: { ...socket, address } },
    },
  }));
}
