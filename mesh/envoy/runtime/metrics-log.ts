import type { Cluster } from '../cluster/cluster.ts';
import { factsOf, type KnownFacts, type ServiceFacts } from '../stats/facts.ts';
import type { IstioMetrics, RequestSeries } from '../stats/metrics.ts';
import type { MetricView } from '../stats/view.ts';
import { ofNode, type WorkloadFacts } from '../stats/workload.ts';
import type { LogSource, NodeInfo } from '../types.ts';
import { object, objects, text } from './proto.ts';

export interface MetricsSetting {
  metrics: IstioMetrics;
  cluster(name: string): Cluster | undefined;
  /** The proxy at an address: stands for Istio's exchange of peer metadata. */
  nodeAt(ip: string): NodeInfo | undefined;
}

/** What istio.stats does when a request or connection has ended. A TCP connection is counted as opened then, too. */
export function metricsLog(
  { metrics, cluster, nodeAt }: MetricsSetting,
  view: MetricView,
): (source: LogSource) => void {
  const services = new WeakMap<Cluster, ServiceFacts | undefined>();
  const workloads = new WeakMap<NodeInfo, WorkloadFacts>();
  const serviceOf = (name: string | undefined): ServiceFacts | undefined => {
    const found = name === undefined ? undefined : cluster(name);
    if (!found) return undefined;
    if (!services.has(found)) services.set(found, readService(found));
    return services.get(found);
  };
  const peerOf = ({ connection, info }: LogSource): WorkloadFacts | undefined => {
    const ip = connection.direction === 'INBOUND' ? connection.source.ip : info.upstreamHost?.ip;
    const node = ip === undefined ? undefined : nodeAt(ip);
    if (!node) return undefined;
    const known = workloads.get(node) ?? ofNode(node.metadata);
    workloads.set(node, known);
    return known;
  };
  const knownOf = (source: LogSource): KnownFacts => {
    const [service, peer] = [serviceOf(source.info.upstreamCluster), peerOf(source)];
    return { ...(service ? { service } : {}), ...(peer ? { peer } : {}) };
  };
  const kinds = new Kinds();
  return (source) => {
    const { info } = source;
    if (source.request) {
      const series = kinds.of(source, () => metrics.seriesOf(factsOf(source, knownOf(source)), view));
      metrics.count(series, (info.end ?? info.start) - info.start);
    } else {
      const bytes = { sent: info.bytesSent, received: info.bytesReceived };
      metrics.connection(factsOf(source, knownOf(source)), bytes, view);
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
  route: string;
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
        k.authority === authority &&
        k.route === info.routeName
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
      route: info.routeName,
    };
    const series = make();
    this.#known[this.#next++ % 16] = { ...kind, series };
    return series;
  }
}

/** `metadata.filterMetadata.istio.services` (pilot/pkg/networking/core/cluster_builder.go, addTelemetryMetadata). */
function readService({ json }: Cluster): ServiceFacts | undefined {
  const service = objects(object(json, 'metadata', 'filterMetadata', 'istio'), 'services')[0];
  return service && { host: text(service, 'host'), name: text(service, 'name') };
}
