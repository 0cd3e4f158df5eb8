import { isGrpc } from '../../envoy/route/match.ts';
import type { MetricFacts, ServiceFacts } from '../../envoy/stats/facts.ts';
import { type Labels, requestLabels, tcpLabels } from '../../envoy/stats/labels.ts';
import { namedSamples, type Sample } from '../../envoy/stats/metrics.ts';
import { ofNode, ofWorkload } from '../../envoy/stats/workload.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';

import type { EnvoyAdmin } from './types.ts';

export interface Ends {
  /** Node metadata of the proxy itself. */
  own: JsonObject;
  /** Node metadata of the proxy at an address: stands for Istio's exchange of peer metadata. */
  nodeAt(ip: string): JsonObject | undefined;
}

/** The counters of an Envoy, with Istio's metrics where `filter` asks for them. */
export async function statsOf(admin: EnvoyAdmin, filter: string | undefined, ends: Ends): Promise<Map<string, number>> {
  const stats = await admin.stats(filter);
  if (filter !== undefined && !filter.includes('istio_')) return stats;
  const samples = istioMetrics(await merged(admin), ends);
  return new Map([...stats, ...namedSamples(() => samples, filter)]);
}

const askedAtMost = 20;

/** Asking makes Envoy merge its workers' histograms, and a later answer has them: then as many durations as requests. */
async function merged(admin: EnvoyAdmin): Promise<string> {
  for (let n = 1; ; n++) {
    const counted = await admin.text('GET', '/stats/prometheus?filter=istio');
    const of = (name: string) => parse(counted).reduce((sum, s) => (s.name === name ? sum + s.value : sum), 0);
    const missing = of('envoy_istio_requests_total') - of('envoy_istio_request_duration_milliseconds_count');
    if (missing <= 0 || n === askedAtMost) return counted;
  }
}

/** Istio's metrics from what the stats logger (localise/stats.ts) counted, as /stats/prometheus tells it; ordered. */
export function istioMetrics(prometheus: string, ends: Ends): Sample[] {
  const sums = new Map<string, Sample>();
  for (const { name, labels: tags, value } of parse(prometheus)) {
    if (!name.startsWith('envoy_istio_')) continue;
    const labels = labelsOf(name, tags, ends);
    const sample = { name: name.slice('envoy_'.length), labels, value };
    const key = `${sample.name} ${JSON.stringify({ ...labels, le: '' })} ${labels.le ?? ''}`;
    const known = sums.get(key);
    if (known) known.value += value;
    else sums.set(key, sample);
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sample]) => sample);
}

type Tags = { [name: string]: string };

function labelsOf(name: string, tags: Tags, ends: Ends): Labels {
  const facts = factsOf(tags, ends);
  const all = name.startsWith('envoy_istio_tcp_') ? tcpLabels(facts) : requestLabels(facts);
  const removed = new Set(tags.removed?.split(' '));
  const left = Object.entries(all).filter(([label]) => !removed.has(label));
  return Object.fromEntries(tags.le === undefined ? left : [...left, ['le', tags.le]]);
}

function factsOf(tags: Tags, { own, nodeAt }: Ends): MetricFacts {
  const value = (name: string): string => tags[name] ?? '';
  const isServer = value('reporter') === 'destination';
  const node = nodeAt(isServer ? value('source') : ipOf(value('host')));
  return {
    isServer,
    own: ofNode(own),
    peer: node ? ofNode(node) : ofWorkload(value('workload')),
    ownPrincipal: firstOf(value('local_san')),
    peerPrincipal: firstOf(value('peer_san')),
    service: serviceOf(value('services')),
    cluster: value('cluster'),
    route: value('route'),
    authority: value('authority'),
    flags: value('flags') || '-',
    responseCode: value('code'),
    grpcStatus: isGrpc(value('content_type')) ? value('grpc_status') : undefined,
  };
}

const firstOf = (sans: string): string => sans.split(',')[0] ?? '';
/** `envoy://fabric/10.244.2.7:9080` and `10.244.2.7:9080`. */
const ipOf = (host: string): string => /([^/[\]]+)\]?:\d+\/?$/.exec(host)?.[1] ?? '';

function serviceOf(services: string): ServiceFacts | undefined {
  const first = services === '' ? undefined : (JSON.parse(services) as Json[])[0];
  return isObject(first) ? { host: String(first.host ?? ''), name: String(first.name ?? '') } : undefined;
}

const line = /^([a-zA-Z_:][\w:]*)\{(.*)\} (\S+)$/gm;
const pair = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Samples of Prometheus' text format that have labels; escapes are undone. */
function parse(text: string): { name: string; labels: Tags; value: number }[] {
  return [...text.matchAll(line)].map(([, name = '', labels = '', value = '']) => ({
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(pair)].map(([, key, raw = '']) => [
        key,
        raw.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
      ]),
    ),
    value: Number(value),
  }));
}
