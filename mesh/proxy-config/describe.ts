import type { Json, JsonObject } from '../json.ts';
import { object, text } from './entry.ts';

/** What a route matches of the path; headers are not told (istioctl pkg/writer/envoy/configdump/listener.go). */
export function describeMatch(match: JsonObject): string {
  const regex = match.safeRegex === undefined ? '' : `regex ${text(object(match.safeRegex).regex)}`;
  const separated = text(match.pathSeparatedPrefix);
  const conditions = [
    match.prefix ? `${text(match.prefix)}*` : '',
    separated && `PathPrefix:${separated}`,
    text(match.path),
    regex,
  ];
  return conditions.filter((c) => c !== '').join(' ');
}

/** `name.namespace` of the object that istiod names in `filterMetadata.istio.config` (describeManagement, route.go). */
export function describeManagement(metadata: Json | undefined): string {
  const config = object(object(object(metadata).filterMetadata).istio).config;
  if (config === undefined) return '';
  const path = text(config);
  if (!path.startsWith('/apis/networking.istio.io/')) return '<unknown>';
  const parts = path.split('/');
  return parts.length === 8 ? `${parts[7]}.${parts[5]}` : '';
}

/** Clusters with a proper name, such as PassthroughCluster, stand for themselves. */
export const describeCluster = (name: string): string => (name.includes('Cluster') ? name : `Cluster: ${name}`);
