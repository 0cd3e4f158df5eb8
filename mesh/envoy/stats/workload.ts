import { isObject, type JsonObject } from '../../json.ts';

/** What Istio's metrics say of one end of a request; 'unknown' for what is not known. */
export interface WorkloadFacts {
  name: string;
  namespace: string;
  app: string;
  version: string;
  canonicalService: string;
  canonicalRevision: string;
  cluster: string;
}

export const unknownWorkload: WorkloadFacts = {
  name: 'unknown',
  namespace: 'unknown',
  app: 'unknown',
  version: 'unknown',
  canonicalService: 'unknown',
  canonicalRevision: 'latest',
  cluster: 'unknown',
};

const stringAt = (message: JsonObject, name: string): string => {
  const value = message[name];
  return typeof value === 'string' && value !== '' ? value : 'unknown';
};

/** The proxy's own end, from its node metadata (istio/istio pkg/model/proxy.go, NodeMetadata). */
export function ofNode(metadata: JsonObject): WorkloadFacts {
  const labels = isObject(metadata.LABELS) ? metadata.LABELS : {};
  const service = stringAt(labels, 'service.istio.io/canonical-name');
  const revision = stringAt(labels, 'service.istio.io/canonical-revision');
  return {
    name: stringAt(metadata, 'WORKLOAD_NAME'),
    namespace: stringAt(metadata, 'NAMESPACE'),
    app: stringAt(labels, 'app'),
    version: stringAt(labels, 'version'),
    canonicalService: service,
    canonicalRevision: revision === 'unknown' ? 'latest' : revision,
    cluster: stringAt(metadata, 'CLUSTER_ID'),
  };
}

/** An upstream endpoint's end, from `filterMetadata.istio.workload`; undefined without it. */
export function ofEndpoint(metadata: JsonObject | undefined): WorkloadFacts | undefined {
  const istio = isObject(metadata?.istio) ? metadata.istio : {};
  return ofWorkload(typeof istio.workload === 'string' ? istio.workload : '');
}

/**
 * `name;namespace;canonical service;revision;cluster` (istio/istio pilot/pkg/networking/util, AppendLbEndpointMetadata).
 * App and version are not part of it (istio/proxy extensions/common/metadata_object.cc, convertEndpointMetadata).
 */
export function ofWorkload(text: string): WorkloadFacts | undefined {
  if (text === '') return undefined;
  const [name = '', namespace = '', service = '', revision = '', cluster = ''] = text.split(';');
  const known = (value: string): string => (value === '' ? 'unknown' : value);
  return {
    ...unknownWorkload,
    name: known(name),
    namespace: known(namespace),
    canonicalService: known(service),
    canonicalRevision: revision === '' ? 'latest' : revision,
    cluster: known(cluster),
  };
}
