import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import type { JsonObject } from '../../json.ts';
import { text, typeUrl } from './walk.ts';

const operators: { [tag: string]: string } = {
  response_code: '%RESPONSE_CODE%',
  response_flags: '%RESPONSE_FLAGS%',
  request_protocol: '%PROTOCOL%',
};

/**
 * istio_requests_total and istio_request_duration_milliseconds (Prometheus name: with the prefix envoy_), with those of
 * Istio's labels that an operator of the access log can tell. The identity of the other side is known from mutual TLS
 * only. Source: istio.io/latest/docs/reference/config/metrics, envoy.extensions.access_loggers.stats.v3.
 */
export function statsLogger(reporter: 'source' | 'destination', proxy: MeshProxy): JsonObject {
  const peer = reporter === 'source' ? '%UPSTREAM_PEER_URI_SAN%' : '%DOWNSTREAM_PEER_URI_SAN%';
  const self = reporter === 'source' ? 'source' : 'destination';
  const other = reporter === 'source' ? 'destination' : 'source';
  const tags = Object.entries({
    reporter,
    [`${self}_workload`]: text(proxy.metadata, 'WORKLOAD_NAME') || proxy.name,
    [`${self}_workload_namespace`]: proxy.namespace,
    [`${other}_principal`]: peer,
    ...operators,
  }).map(([name, valueFormat]) => ({ name, valueFormat }));
  return {
    name: 'istio.stats',
    typedConfig: {
      '@type': typeUrl('envoy.extensions.access_loggers.stats.v3.Config'),
      statPrefix: 'istio',
      counters: [{ stat: { name: 'requests_total', tags }, valueFixed: '1' }],
      histograms: [
        { stat: { name: 'request_duration_milliseconds', tags }, valueFormat: '%DURATION%', unit: 'Milliseconds' },
      ],
    },
  };
}
