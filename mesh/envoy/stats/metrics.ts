import type { LogSource } from '../types.ts';
import { type Labels, type MetricFacts, requestLabels, tcpLabels } from './labels.ts';

/** Upper ends of Envoy's default histogram buckets, in milliseconds (envoy source/common/stats/histogram_impl.cc). */
const buckets = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

interface Series {
  labels: Labels;
  value: number;
}

interface Distribution {
  labels: Labels;
  /** Values up to each bucket's end, not cumulated; the last is what lies beyond all. */
  counts: number[];
  sum: number;
}

/** Where the requests of one kind are counted. */
export interface RequestSeries {
  total: Series;
  durations: Distribution;
}

/** A sample as Prometheus scrapes it. */
export interface Sample {
  name: string;
  labels: Labels;
  value: number;
}

/** Istio's standard metrics of one proxy, fed with finished requests and connections. */
export class IstioMetrics {
  readonly #counters = new Map<string, Map<string, Series>>();
  readonly #durations = new Map<string, Distribution>();
  /** Series by what their labels are made of, so that the hot path makes none. */
  readonly #known = new Map<string, RequestSeries>();

  /** After an HTTP stream ended. */
  request(source: LogSource, facts: MetricFacts = {}): void {
    const { start, end = start } = source.info;
    this.count(this.seriesOf(source, facts), end - start);
  }

  /** The series that a request belongs to; who knows that two requests belong together asks once. */
  seriesOf(source: LogSource, facts: MetricFacts = {}): RequestSeries {
    const key = factsKey(source, facts);
    let known = this.#known.get(key);
    if (!known) {
      const labels = requestLabels(source, facts);
      known = { total: this.#series('istio_requests_total', labels), durations: this.#distribution(labels) };
      if (this.#known.size < knownSeries) this.#known.set(key, known);
    }
    return known;
  }

  count({ total, durations }: RequestSeries, milliseconds: number): void {
    total.value++;
    observe(durations, milliseconds);
  }

  /** After a TCP connection was opened. */
  opened(source: LogSource, facts: MetricFacts = {}): void {
    this.#add('istio_tcp_connections_opened_total', tcpLabels(source, facts), 1);
  }

  /** After a TCP connection ended; bytes as the client sees them. */
  closed(source: LogSource, facts: MetricFacts = {}): void {
    const labels = tcpLabels(source, facts);
    this.#add('istio_tcp_connections_closed_total', labels, 1);
    this.#add('istio_tcp_sent_bytes_total', labels, source.info.bytesSent);
    this.#add('istio_tcp_received_bytes_total', labels, source.info.bytesReceived);
  }

  /** All samples, in order of name and labels. */
  samples(): Sample[] {
    const counters = [...this.#counters].flatMap(([name, series]) => [...series.values()].map((s) => ({ name, ...s })));
    const durations = [...this.#durations.values()].flatMap(durationSamples);
    return [...counters, ...durations].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  #add(name: string, labels: Labels, value: number): void {
    this.#series(name, labels).value += value;
  }

  #series(name: string, labels: Labels): Series {
    const key = JSON.stringify(labels);
    const all = this.#counters.get(name) ?? new Map<string, Series>();
    this.#counters.set(name, all);
    const series = all.get(key) ?? { labels, value: 0 };
    all.set(key, series);
    return series;
  }

  #distribution(labels: Labels): Distribution {
    const key = JSON.stringify(labels);
    const found = this.#durations.get(key) ?? { labels, counts: Array(buckets.length + 1).fill(0), sum: 0 };
    this.#durations.set(key, found);
    return found;
  }
}

function observe(distribution: Distribution, milliseconds: number): void {
  let index = 0;
  while (index < buckets.length && milliseconds > (buckets[index] ?? 0)) index++;
  distribution.counts[index] = (distribution.counts[index] ?? 0) + 1;
  distribution.sum += milliseconds;
}

/** A bound for clients that send a new Host each time. */
const knownSeries = 10_000;

/** All that the labels of a request depend on, for one proxy. */
function factsKey({ info, connection, request, response }: LogSource, { peer, service }: MetricFacts): string {
  const tls = connection.direction === 'INBOUND' ? connection.tls : info.upstreamTls;
  const type = request?.headers.get('content-type');
  const grpc = type?.startsWith('application/grpc')
    ? `${type} ${response?.trailers?.get('grpc-status') ?? response?.headers.get('grpc-status')}`
    : '';
  const host = info.upstreamHost;
  const ends = `${host?.ip}:${host?.port}|${tls?.peer?.uriSans[0]}|${tls?.local?.uriSans[0]}`;
  const known = `${peer?.namespace}/${peer?.name}/${peer?.version}|${service?.host ?? request?.headers.get(':authority')}`;
  return `${connection.direction}|${info.responseCode}|${info.flags.join()}|${info.upstreamCluster}|${ends}|${known}|${grpc}`;
}

const keyOf = ({ name, labels }: Sample): string => `${name} ${JSON.stringify({ ...labels, le: '' })}`;

function durationSamples({ labels, counts, sum }: Distribution): Sample[] {
  const name = 'istio_request_duration_milliseconds';
  let seen = 0;
  const bucket = [...buckets, Number.POSITIVE_INFINITY].map((end, i) => {
    seen += counts[i] ?? 0;
    const le = end === Number.POSITIVE_INFINITY ? '+Inf' : `${end}`;
    return { name: `${name}_bucket`, labels: { ...labels, le }, value: seen };
  });
  return [...bucket, { name: `${name}_sum`, labels, value: sum }, { name: `${name}_count`, labels, value: seen }];
}

const escapes: { [char: string]: string } = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** The text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats). */
export function prometheusText(samples: readonly Sample[]): string {
  const lines = samples.map(({ name, labels, value }) => {
    const pairs = Object.entries(labels).map(
      ([key, text]) => `${key}="${text.replace(/[\\"\n]/g, (c) => escapes[c] ?? c)}"`,
    );
    return `${name}{${pairs.join(',')}} ${value}\n`;
  });
  return lines.join('');
}
