import type { JsonObject } from '../../json.ts';
import { objects, text, typeUrl } from './walk.ts';

/** Filter state with the address that a connection comes from: x-forwarded-for may say another one to the access log. */
const sourceState = 'mesh_labs.source';

/** Stands behind the PROXY header's filter, which has restored the address. */
export const sourceFilter = (): JsonObject => ({
  name: 'envoy.filters.listener.set_filter_state',
  typedConfig: {
    '@type': typeUrl('envoy.extensions.filters.listener.set_filter_state.v3.Config'),
    onAccept: [
      {
        objectKey: sourceState,
        factoryKey: 'envoy.string',
        formatString: { textFormatSource: { inlineString: '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%' } },
      },
    ],
  },
});

const common = {
  flags: '%RESPONSE_FLAGS%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  services: '%METADATA(CLUSTER:istio:services)%',
};
const http = {
  code: '%RESPONSE_CODE%',
  content_type: '%REQ(CONTENT-TYPE)%',
  grpc_status: '%GRPC_STATUS_NUMBER%',
  route: '%ROUTE_NAME%',
};
const sides = {
  source: {
    local_san: '%UPSTREAM_LOCAL_URI_SAN%',
    peer_san: '%UPSTREAM_PEER_URI_SAN%',
    host: '%UPSTREAM_HOST%',
    workload: '%UPSTREAM_METADATA(istio:workload)%',
  },
  destination: {
    local_san: '%DOWNSTREAM_LOCAL_URI_SAN%',
    peer_san: '%DOWNSTREAM_PEER_URI_SAN%',
    source: `%FILTER_STATE(${sourceState}:PLAIN)%`,
  },
};

export interface StatsLogger {
  reporter: 'source' | 'destination';
  protocol: 'http' | 'tcp';
  /** The configuration of istio.stats, a stats.PluginConfig. */
  config: JsonObject;
}

/**
 * Takes the place of istio.stats: counts by the facts that Istio's labels are made of, in the stats access logger
 * (envoy.extensions.access_loggers.stats.v3); envoy/istio-metrics.ts makes the labels. A TCP connection counts when it ends.
 */
export function statsLogger({ reporter, protocol, config }: StatsLogger): JsonObject {
  const facts = { ...common, ...sides[reporter], ...(protocol === 'http' ? http : {}) };
  const authority = protocol === 'http' && reporter === 'source' ? { authority: '%REQ(:AUTHORITY)%' } : {};
  const stat = (name: string) => ({
    name,
    tags: Object.entries({ reporter, ...facts, ...authority, ...viewOf(config, name) }).map(([tag, valueFormat]) => ({
      name: tag,
      valueFormat,
    })),
  });
  const kept = (name: string) => !applies(config, name).some((m) => m.drop === true);
  const counters = (protocol === 'http' ? httpCounters : tcpCounters).filter(([name]) => kept(name));
  const duration = 'request_duration_milliseconds';
  return {
    name: 'istio.stats',
    typedConfig: {
      '@type': typeUrl('envoy.extensions.access_loggers.stats.v3.Config'),
      statPrefix: 'istio',
      counters: counters.map(([name, value]) => ({ stat: stat(name), ...value })),
      ...(protocol === 'http' && kept(duration)
        ? { histograms: [{ stat: stat(duration), valueFormat: '%DURATION%', unit: 'Milliseconds' }] }
        : {}),
    },
  };
}

const one = { valueFixed: '1' };
const httpCounters: readonly (readonly [string, JsonObject])[] = [['requests_total', one]];
const tcpCounters: readonly (readonly [string, JsonObject])[] = [
  ['tcp_connections_opened_total', one],
  ['tcp_connections_closed_total', one],
  ['tcp_sent_bytes_total', { valueFormat: '%BYTES_SENT%' }],
  ['tcp_received_bytes_total', { valueFormat: '%BYTES_RECEIVED%' }],
];

const applies = (config: JsonObject, metric: string): JsonObject[] =>
  objects(config.metrics).filter((m) => text(m, 'name') === '' || text(m, 'name') === metric);

/** Labels that a Telemetry resource takes away. */
function viewOf(config: JsonObject, metric: string): { [tag: string]: string } {
  const removed = applies(config, metric).flatMap((m) => (Array.isArray(m.tagsToRemove) ? m.tagsToRemove : []));
  return removed.length === 0 ? {} : { removed: removed.join(' ') };
}
