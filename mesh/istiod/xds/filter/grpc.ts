import { typed } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

export const grpcStats: HttpFilterBuilder = () => [
  {
    name: 'envoy.filters.http.grpc_stats',
    typedConfig: typed('envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
      emitFilterState: true,
      statsForAllMethods: false,
    }),
  },
];

/** Only where the port says so: browsers speak gRPC-Web, the server then sees gRPC. */
export const grpcWeb: HttpFilterBuilder = ({ protocol }) =>
  protocol === 'GRPC-Web'
    ? [{ name: 'envoy.filters.http.grpc_web', typedConfig: typed('envoy.extensions.filters.http.grpc_web.v3.GrpcWeb') }]
    : [];
