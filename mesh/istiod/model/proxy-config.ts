import type { JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { map, num, obj, type Shape, str } from './shape.ts';

/** networking.istio.io/v1beta1 ProxyConfig: the object, not the mesh config's type of that name. */
export const proxyConfigObject = obj({
  selector: obj({ matchLabels: map(str) }),
  concurrency: num,
  environmentVariables: map(str),
  image: obj({ imageType: str }),
});
export type ProxyConfigObject = Shape<typeof proxyConfigObject>;

/** The object as the mesh config's ProxyConfig (toMeshConfigProxyConfig in istio pilot/pkg/model/proxy_config.go). */
export const asProxyConfig = ({ concurrency, environmentVariables, image }: ProxyConfigObject): JsonObject => ({
  ...(concurrency === undefined ? {} : { concurrency }),
  ...(environmentVariables ? { proxyMetadata: environmentVariables } : {}),
  ...(image ? { image: image as JsonObject } : {}),
});

/** Headers that a layer which speaks of other headers leaves as they were (correctProxyHeaders). */
const keptHeaders = new Set(['forwardedClientCert', 'requestId', 'attemptCount', 'server', 'envoyDebugHeaders']);

/** One layer of ProxyConfig over another: fields are replaced, but proxyMetadata by key (MergeProxyConfig in istio pkg/config/mesh/mesh.go). */
export function mergeProxyConfig(base: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...base, ...over };
  if (isObject(base.proxyMetadata) && isObject(over.proxyMetadata))
    merged.proxyMetadata = { ...base.proxyMetadata, ...over.proxyMetadata };
  if (isObject(base.proxyHeaders) && isObject(over.proxyHeaders)) {
    const kept = Object.entries(base.proxyHeaders).filter(([field]) => keptHeaders.has(field));
    merged.proxyHeaders = { ...Object.fromEntries(kept), ...over.proxyHeaders };
  }
  return merged;
}
