import type { JsonObject } from '../../json.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { maglev, ringHash } from '../balance/hashing.ts';
import { leastRequest, randomHost, roundRobin, roundRobinWith } from '../balance/simple.ts';
import { compileSlowStart } from '../balance/slow-start.ts';
import type { PickerOf } from '../balance/types.ts';
import { flag, number, object, text } from '../runtime/proto.ts';

const byHostname = (cluster: JsonObject): boolean =>
  flag(object(cluster, 'commonLbConfig', 'consistentHashingLbConfig'), 'useHostnameForHashing');

type Now = Pick<VirtualClock, 'elapsed'>;

const policies: { [policy: string]: (cluster: JsonObject, clock: Now) => PickerOf } = {
  ROUND_ROBIN: (cluster, clock) => roundRobinWith(compileSlowStart(object(cluster, 'roundRobinLbConfig'), clock)),
  RANDOM: () => randomHost,
  LEAST_REQUEST(cluster, clock) {
    const config = object(cluster, 'leastRequestLbConfig');
    return leastRequest({
      choices: number(config, 'choiceCount', 2),
      bias: number(object(config, 'activeRequestBias'), 'defaultValue', 1),
      slow: compileSlowStart(config, clock),
    });
  },
  RING_HASH(cluster) {
    const config = object(cluster, 'ringHashLbConfig');
    return ringHash({
      minimum: number(config, 'minimumRingSize', 1024),
      maximum: number(config, 'maximumRingSize', 8_388_608),
      byHostname: byHostname(cluster),
    });
  },
  MAGLEV: (cluster) =>
    maglev({
      tableSize: number(object(cluster, 'maglevLbConfig'), 'tableSize', 65_537),
      byHostname: byHostname(cluster),
    }),
};

export const isConsistent = (cluster: JsonObject): boolean =>
  ['RING_HASH', 'MAGLEV'].includes(text(cluster, 'lbPolicy'));

/** The algorithm of a cluster (Cluster.lbPolicy); CLUSTER_PROVIDED is not one of these. */
export const compilePicker = (cluster: JsonObject, clock: Now): PickerOf =>
  (policies[text(cluster, 'lbPolicy') || 'ROUND_ROBIN'] ?? (() => roundRobin))(cluster, clock);
