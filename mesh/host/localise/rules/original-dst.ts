import type { JsonObject } from '../../../json.ts';
import { loopback, realHost, realKey, staticAssignment, withProxyHeader } from '../endpoints.ts';
import { appSocket } from '../place.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { child, nameOf, objects } from '../walk.ts';
import { podPipe } from './fabric.ts';

/**
 * No ORIGINAL_DST cluster is left: each would dial an address of the virtual network on the machine's real one.
 * inbound|port|| is the app's Unix socket (spike, rule 17); connect_originate and its kin choose among the known HBONE
 * ports (rule 20); all others go to the world, which reads source and destination from the PROXY header (rule 16).
 */
export const originalDstClusters: Rule = {
  name: 'originalDstClusters',
  apply(config, context) {
    for (const cluster of config.clusters) {
      const name = nameOf(cluster);
      if (name.startsWith('inbound|')) toApp(cluster, context);
      else if (cluster.type !== 'ORIGINAL_DST') continue;
      else if (name.endsWith('connect_originate')) toHbone(cluster, context);
      else toWorld(cluster, context);
      for (const field of ['lbPolicy', 'upstreamBindConfig', 'cleanupInterval', 'originalDstLbConfig']) {
        delete cluster[field];
      }
    }
  },
};

function toApp(cluster: JsonObject, context: RuleContext): void {
  const name = nameOf(cluster);
  const [host] = objects(objects(child(cluster, 'loadAssignment').endpoints)[0]?.lbEndpoints);
  const given = child(child(host, 'endpoint'), 'address');
  const own = child(given, 'socketAddress').portValue;
  const port = typeof own === 'number' ? own : Number(name.split('|')[1]);
  const path = 'pipe' in given ? podPipe(context, child(given, 'pipe')) : appSocket(context.place.podFolder, port);
  cluster.type = 'STATIC';
  delete cluster.edsClusterConfig;
  cluster.loadAssignment = staticAssignment(name, { pipe: { path } });
}

function toWorld(cluster: JsonObject, { place }: RuleContext): void {
  const name = nameOf(cluster);
  const header = (socket: JsonObject) =>
    withProxyHeader('typedConfig' in socket ? socket : undefined, place.secret, name === 'InboundPassthroughCluster');
  cluster.type = 'STATIC';
  cluster.loadAssignment = staticAssignment(name, loopback(place.worldPort));
  for (const match of objects(cluster.transportSocketMatches)) {
    match.transportSocket = header(child(match, 'transportSocket'));
  }
  cluster.transportSocket = header(child(cluster, 'transportSocket'));
}

function toHbone(cluster: JsonObject, { place }: RuleContext): void {
  const ports = [...new Set(place.inbound.values())].sort();
  cluster.type = 'STATIC';
  cluster.loadAssignment = {
    clusterName: nameOf(cluster),
    endpoints: [{ lbEndpoints: ports.map((port) => realHost(String(port), port)) }],
  };
  cluster.lbSubsetConfig = { fallbackPolicy: 'NO_FALLBACK', subsetSelectors: [{ keys: [realKey] }] };
  cluster.transportSocket = withProxyHeader(child(cluster, 'transportSocket'), place.secret);
}
