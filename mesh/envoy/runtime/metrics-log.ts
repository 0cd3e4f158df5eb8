import type { Cluster } from '../cluster/cluster.ts';
import type { MetricFacts, ServiceFacts } from '../stats/labels.ts';
import type { IstioMetrics, RequestSeries } from '../stats/metrics.ts';
import { ofNode, type WorkloadFacts } from '../stats/workload.ts';
import type { LogSource, NodeInfo } from '../types.ts';
import { object, objects, text } from './proto.ts';

export interface MetricsSetting {
  metrics: IstioMetrics;
  cluster(name: string): Cluster | undefined;
  /** The proxy at an address: stands for Istio's exchange of peer metadata. */
  nodeAt(ip: string): NodeInfo | undefined;
}

/** What istio.stats does when a request or connection has ended. */
export function metricsLog({ metrics, cluster, nodeAt }: MetricsSetting): (source: LogSource) => void {
  const services = new WeakMap<Cluster, ServiceFacts | undefined>();
  const workloads = new WeakMap<NodeInfo, WorkloadFacts>();
  const serviceOf = (name: string | undefined): ServiceFacts | undefined => {
    const found = name === undefined ? undefined : cluster(name);
    if (!found) return undefined;
    if (!services.has(found)) services.set(found, readService(found));
    return services.get(found);
  };
  const peerOf = ({ connection }: LogSource): WorkloadFacts | undefined => {
    const node = connection.direction === 'INBOUND' ? nodeAt(connection.source.ip) : undefined;
    if (!node) return undefined;
    const known = workloads.get(node) ?? ofNode(node.metadata);
    workloads.set(node, known);
    return known;
  };
  const factsOf = (source: LogSource): MetricFacts => {
    const [service, peer] = [serviceOf(source.info.upstreamCluster), peerOf(source)];
    return { ...(service ? { service } : {}), ...(peer ? { peer } : {}) };
  };
  const kinds = new Kinds();
  return (source) => {
    if (source.request) {
      const { start, end = start } = source.info;
      metrics.count(
        kinds.of(source, () => metrics.seriesOf(source, factsOf(source))),
        end - start,
      );
    } else {
      const facts = factsOf(source);
      metrics.opened(source, facts);
      metrics.closed(source, facts);
    }
  };
}

interface Kind {
  connection: LogSource['connection'];
  host: unknown;
  cluster: string | undefined;
  code: number;
  flags: readonly string[];
  tls: unknown;
  authority: string | undefined;
  series: RequestSeries;
}

/** Requests that are equal in everything that labels are made of, found by identity: gRPC, whose status lies in headers, is not among them. */
class Kinds {
  readonly #known: Kind[] = [];
  #next = 0;

  of(source: LogSource, make: () => RequestSeries): RequestSeries {
    const { connection, info, request } = source;
    const headers = request?.headers;
    if (headers?.get('content-type')?.startsWith('application/grpc')) return make();
    const authority = headers?.get(':authority');
    for (const k of this.#known)
      if (
        k.connection === connection &&
        k.host === info.upstreamHost &&
        k.cluster === info.upstreamCluster &&
        k.code === info.responseCode &&
        k.flags === info.flags &&
        k.tls === info.upstreamTls &&
        k.authority === authority
      )
        return k.series;
    const kind = {
      connection,
      host: info.upstreamHost,
      cluster: info.upstreamCluster,
      code: info.responseCode,
      flags: info.flags,
      tls: info.upstreamTls,
      authority,
    };
    const series = make();
    this.#known[this.#next++ % 16] = { ...kind, series };
    return series;
  }
}

/** `metadata.filterMetadata.istio.services` (pilot/pkg/networking/core/cluster_builder.go, addTelemetryMetadata). */
function readService({ json }: Cluster): ServiceFacts | undefined {
  const service = objects(object(json, 'metadata', 'filterMetadata', 'istio'), 'services')[0];
  return service && { host: text(service, 'host'), name: text(service, 'name'), namespace: text(service, 'namespace') };
}
