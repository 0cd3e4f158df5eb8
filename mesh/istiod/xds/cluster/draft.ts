import type { JsonObject } from '../../../json.ts';
import { typed } from '../any.ts';

/** Types of discovery that istiod uses. */
export type DiscoveryType = 'EDS' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'ORIGINAL_DST' | 'STATIC' | 'DYNAMIC';

/** How an upstream speaks HTTP: as configured, or as the client did. */
type Protocol = { explicitHttpConfig: JsonObject } | { useDownstreamProtocolConfig: JsonObject };

/** A cluster that policies are still being applied to. */
export interface ClusterDraft {
  name: string;
  type: DiscoveryType;
  fields: JsonObject;
  commonLbConfig: JsonObject;
  /** `filterMetadata.istio`. */
  istio: JsonObject;
  http: { common?: JsonObject; upstream?: JsonObject; protocol?: Protocol; outlierDetection?: JsonObject } | undefined;
  transportSocket?: JsonObject;
  transportSocketMatches?: JsonObject[];
}

export const newDraft = (name: string, type: DiscoveryType): ClusterDraft => ({
  name,
  type,
  fields: { altStatName: `${name};` },
  commonLbConfig: {},
  istio: {},
  http: undefined,
});

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
export const httpProtocolOptions = (options: JsonObject): JsonObject => ({
  [HTTP_OPTIONS]: typed(HTTP_OPTIONS, options),
});

export const isHttp2Draft = ({ http }: ClusterDraft): boolean =>
  !!http?.protocol &&
  'explicitHttpConfig' in http.protocol &&
  'http2ProtocolOptions' in http.protocol.explicitHttpConfig;

export function useHttp2(draft: ClusterDraft): void {
  draft.http ??= {};
  draft.http.protocol ??= { explicitHttpConfig: { http2ProtocolOptions: {} } };
}

export function useClientProtocol(draft: ClusterDraft): void {
  const before = draft.http?.protocol;
  const http1 = before && 'explicitHttpConfig' in before ? before.explicitHttpConfig.httpProtocolOptions : undefined;
  draft.http = {
    ...draft.http,
    protocol: { useDownstreamProtocolConfig: { http2ProtocolOptions: {}, httpProtocolOptions: http1 ?? {} } },
  };
}

/** The finished cluster. */
export function finish(draft: ClusterDraft): JsonObject {
  const { http } = draft;
  const istio = Object.keys(draft.istio).length > 0 ? draft.istio : undefined;
  return {
    ...draft.fields,
    commonLbConfig: draft.type === 'DYNAMIC' ? undefined : draft.commonLbConfig,
    metadata: istio && { filterMetadata: { istio } },
    name: draft.name,
    transportSocket: draft.transportSocket,
    transportSocketMatches: draft.transportSocketMatches,
    // A cluster of another kind has its type in clusterType.
    type: draft.type === 'DYNAMIC' ? undefined : draft.type,
    typedExtensionProtocolOptions:
      http &&
      httpProtocolOptions({
        commonHttpProtocolOptions: http.common,
        upstreamHttpProtocolOptions: http.upstream,
        outlierDetection: http.outlierDetection,
        // Envoy demands one of the protocols.
        ...(http.protocol ?? { explicitHttpConfig: { httpProtocolOptions: {} } }),
      }),
  };
}
