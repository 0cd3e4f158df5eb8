import type { Difference } from './compare.ts';

/** Numbers of every proxy, by the name of its pod. */
export type StatsByPod = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Names that are not compared, and why. */
const excluded: readonly [RegExp, string][] = [
  [
    /^(access_logs|cds|dns|dynamic_resource|envoy|filesystem|init_manager|lds|listener_manager|main_thread|overload|cluster_manager|control_plane|rds|runtime|sds|server|thread_local|wasmcustom|workers|xds)/,
    'the process, its threads and where its configuration comes from',
  ],
  [
    /\.(update_(attempt|success|rejected|failure|empty|no_rebuild|duration|time)|version|config_reload\w*|assignment_\w+|warming_state|init_fetch_timeout|ssl_context_update_by_sds|max_host_weight|lb_\w*recalculate\w*|membership_change)$/,
    'updates of the configuration: here it comes in one piece',
  ],
  [/\.worker_\d+\./, 'by thread'],
  [
    /^(cluster|tcp|http|listener)\.(envoy_internal_)?(fabric|world|xds|mesh|prometheus|admin|async-client)|^listener\.admin|^proxy_proto|total_match_count$/,
    'what localise adds for this machine',
  ],
  [/^cluster\.(inbound\|.*|PassthroughCluster)\.membership_/, 'on this machine these clusters are of one address'],
  [/^istio\./, 'what the logger of metrics counts: istio_requests_total and its like are made of it'],
  [/^istio_\w+_(bucket|sum)|_bytes_(total|buffered)$/, 'times and bytes of framing'],
  [/expiration_unix_time_seconds|days_until/, 'the day of the run'],
  [/\.ssl\.|^(tls|http)_inspector\./, 'cryptography, and first bytes'],
  [/\.tracing\./, 'tracing is not interpreted'],
  [/^listener\..*\.http\./, 'what connection managers count, once more by listener'],
  [
    /^listener\..*\.downstream_cx_(active|destroy)$/,
    'connections of listeners that end; those of connection managers are compared',
  ],
];

const isCompared = (name: string): boolean => !excluded.some(([names]) => names.test(name));

/** Envoys of this machine end the names of clusters and connection managers with a semicolon (mesh/host/envoy/bootstrap.ts). */
const plain = (name: string): string => name.replace(/;\./, '.');

/** What differs; a counter that is not there counts as 0, as Envoy makes some only when they are needed. */
export function statDifferences(real: StatsByPod, sim: StatsByPod): Difference[] {
  return [...real].flatMap(([pod, values]) => {
    const all = new Map([...values].map(([name, value]) => [plain(name), value]));
    const other = new Map([...(sim.get(pod) ?? [])].map(([name, value]) => [plain(name), value]));
    const names = [...new Set([...all.keys(), ...other.keys()])].filter(isCompared);
    return names.flatMap((name) => {
      const [a, b] = [all.get(name) || 0, other.get(name) || 0];
      return a === b ? [] : [{ request: -1, path: `stats.${pod}.${name}`, real: a, sim: b }];
    });
  });
}
