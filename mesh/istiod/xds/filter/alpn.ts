import { typed } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** Offers "istio" protocols to upstreams, by which a server knows mesh traffic (Istio's own filter; clients only). */
export const alpn: HttpFilterBuilder = ({ direction }) =>
  direction === 'inbound'
    ? []
    : [
        {
          name: 'istio.alpn',
          typedConfig: typed('istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig', {
            alpnOverride: [
              { alpnOverride: ['istio-http/1.0', 'istio', 'http/1.0'] },
              { alpnOverride: ['istio-http/1.1', 'istio', 'http/1.1'], upstreamProtocol: 'HTTP11' },
              { alpnOverride: ['istio-h2', 'istio', 'h2'], upstreamProtocol: 'HTTP2' },
            ],
          }),
        },
      ];
