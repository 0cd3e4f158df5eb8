import type { MetricFacts } from './facts.ts';
import { type Labels, requestLabels, tcpLabels } from './labels.ts';
import { type MetricView, wholeView } from './view.ts';

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

/** Where the requests of one kind are counted; absent: a Telemetry resource drops the metric. */
export interface RequestSeries {
  total: Series | undefined;
  durations: Distribution | undefined;
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

  /** The series that a request belongs to; who knows that two requests belong together asks once. */
  seriesOf(facts: MetricFacts, view: MetricView = wholeView): RequestSeries {
    const labels = requestLabels(facts);
    const [counted, timed] = [view('istio_requests_total', labels), view(durationMetric, labels)];
    return {
      total: counted && this.#series('istio_requests_total', counted),
      durations: timed && this.#distribution(timed),
    };
  }

  count({ total, durations }: RequestSeries, milliseconds: number): void {
    if (total) total.value++;
    if (durations) observe(durations, milliseconds);
  }

  /** After a TCP connection ended; bytes as the client sees them. */
  connection(facts: MetricFacts, bytes: { sent: number; received: number }, view: MetricView = wholeView): void {
    const labels = tcpLabels(facts);
    const values = {
      istio_tcp_connections_opened_total: 1,
      istio_tcp_connections_closed_total: 1,
      istio_tcp_sent_bytes_total: bytes.sent,
      istio_tcp_received_bytes_total: bytes.received,
    };
    for (const [name, value] of Object.entries(values)) {
      const left = view(name, labels);
      if (left) this.#series(name, left).value += value;
    }
  }

  /** All samples, in order of name and labels. */
  samples(): Sample[] {
    const counters = [...this.#counters].flatMap(([name, series]) => [...series.values()].map((s) => ({ name, ...s })));
    const durations = [...this.#durations.values()].flatMap(durationSamples);
    return [...counters, ...durations].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
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

const durationMetric = 'istio_request_duration_milliseconds';

const keyOf = ({ name, labels }: Sample): string => `${name} ${JSON.stringify({ ...labels, le: '' })}`;

function durationSamples({ labels, counts, sum }: Distribution): Sample[] {
  let seen = 0;
  const bucket = [...buckets, Number.POSITIVE_INFINITY].map((end, i) => {
    seen += counts[i] ?? 0;
    const le = end === Number.POSITIVE_INFINITY ? '+Inf' : `${end}`;
    return { name: `${durationMetric}_bucket`, labels: { ...labels, le }, value: seen };
  });
  return [
    ...bucket,
    { name: `${durationMetric}_sum`, labels, value: sum },
    { name: `${durationMetric}_count`, labels, value: seen },
  ];
}

const escapes: { [char: string]: string } = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** One series in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats). */
function seriesText({ name, labels }: Sample): string {
  const pairs = Object.entries(labels).map(
    ([key, text]) => `${key}="${text.replace(/[\\"\n]/g, (c) => escapes[c] ?? c)}"`,
  );
  return `${name}{${pairs.join(',')}}`;
}

export const prometheusText = (samples: readonly Sample[]): string =>
  samples.map((sample) => `${seriesText(sample)} ${sample.value}\n`).join('');

/**
 * Samples as counters of an admin interface, named as Prometheus writes them: `istio_requests_total{reporter="source",…}`.
 * Making them costs, so a filter (regular expression) must name them by `istio_` to get any.
 */
export const namedSamples = (samples: () => readonly Sample[], filter: string | undefined): [string, number][] => {
  if (filter !== undefined && !filter.includes('istio_')) return [];
  const wanted = new RegExp(filter ?? '');
  const named = samples().map((sample): [string, number] => [seriesText(sample), sample.value]);
  return named.filter(([name]) => wanted.test(name));
};
