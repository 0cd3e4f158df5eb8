import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type Ask, streamOf } from '../match/testing/stream.ts';
import type { TlsInfo } from '../types.ts';
import { factsOf, type MetricFacts } from './facts.ts';
import { requestLabels } from './labels.ts';
import { IstioMetrics, prometheusText } from './metrics.ts';
import { compileView } from './view.ts';
import { unknownWorkload } from './workload.ts';

const metadata: JsonObject = {
  WORKLOAD_NAME: 'web-v1',
  NAMESPACE: 'shop',
  CLUSTER_ID: 'Kubernetes',
  LABELS: {
    app: 'web',
    version: 'v1',
    'service.istio.io/canonical-name': 'web',
    'service.istio.io/canonical-revision': 'v1',
  },
};
const node = { id: 'sidecar~10.0.0.2~web-1.shop~shop.svc.cluster.local', ip: '10.0.0.2', metadata };
const certificate = (name: string) => ({
  issuer: 'ca',
  subject: '',
  uriSans: [`spiffe://td/ns/shop/sa/${name}`],
  dnsSans: [],
  fingerprint: '',
  serial: '',
  notBefore: 0,
  notAfter: 0,
});
const tls = (local: string, peer: string): TlsInfo => ({
  version: 'TLSv1.3',
  alpn: 'istio',
  sni: '',
  local: certificate(local),
  peer: certificate(peer),
});
const outbound: Ask = {
  connection: { node, direction: 'OUTBOUND' },
  info: {
    responseCode: 503,
    flags: ['UF'],
    upstreamMetadata: { istio: { workload: 'catalog-v2;shop;catalog;v2;Kubernetes' } },
    upstreamTls: tls('web', 'catalog'),
  },
};

// istio.io/docs/reference/config/metrics, "Labels".
describe('labels', () => {
  it('of the client', () => {
    const service = { host: 'catalog.shop.svc.cluster.local', name: 'catalog' };
    expect(requestLabels(factsOf(streamOf(outbound), { service }))).toEqual({
      reporter: 'source',
      source_workload: 'web-v1',
      source_workload_namespace: 'shop',
      source_principal: 'spiffe://td/ns/shop/sa/web',
      source_app: 'web',
      source_version: 'v1',
      source_cluster: 'Kubernetes',
      source_canonical_service: 'web',
      source_canonical_revision: 'v1',
      destination_workload: 'catalog-v2',
      destination_workload_namespace: 'shop',
      destination_principal: 'spiffe://td/ns/shop/sa/catalog',
      destination_app: 'unknown',
      destination_version: 'unknown',
      destination_cluster: 'Kubernetes',
      destination_canonical_service: 'catalog',
      destination_canonical_revision: 'v2',
      destination_service: 'catalog.shop.svc.cluster.local',
      destination_service_name: 'catalog',
      destination_service_namespace: 'shop',
      response_flags: 'UF',
      connection_security_policy: 'unknown',
      request_protocol: 'http',
      response_code: '503',
      grpc_response_status: '',
    });
  });

  it.each<[string, Ask, { [label: string]: string }]>([
    [
      'the server',
      { connection: { node, direction: 'INBOUND', tls: tls('web', 'tester') } },
      {
        reporter: 'destination',
        source_principal: 'spiffe://td/ns/shop/sa/tester',
        destination_principal: 'spiffe://td/ns/shop/sa/web',
        destination_workload: 'web-v1',
        source_workload: 'unknown',
        connection_security_policy: 'mutual_tls',
      },
    ],
    [
      'a server in plain text',
      { connection: { node, direction: 'INBOUND' } },
      { connection_security_policy: 'none', source_principal: 'unknown', response_flags: '-' },
    ],
    [
      'gRPC',
      { ...outbound, headers: [['content-type', 'application/grpc']], response: [['grpc-status', '14']] },
      { request_protocol: 'grpc', grpc_response_status: '14' },
    ],
    [
      'passthrough',
      {
        host: 'api.example.com',
        connection: { node, direction: 'OUTBOUND' },
        info: { upstreamCluster: 'PassthroughCluster' },
      },
      {
        destination_service: 'api.example.com',
        destination_service_name: 'PassthroughCluster',
        destination_workload: 'unknown',
      },
    ],
  ])('of %s', (_, ask, expected) => expect(requestLabels(factsOf(streamOf(ask)))).toMatchObject(expected));

  it.each<[string, Partial<MetricFacts>, { [label: string]: string }]>([
    ['block_all', { route: 'block_all', authority: 'x' }, { destination_service_name: 'BlackHoleCluster' }],
    ['allow_any', { route: 'allow_any', authority: 'x' }, { destination_service_name: 'PassthroughCluster' }],
    ['a service without name', { service: { host: 'a.b.c', name: '' } }, { destination_service_name: 'a' }],
    [
      'a server of no service',
      { isServer: true, authority: '' },
      { destination_service: 'web', destination_service_name: 'web' },
    ],
    [
      'the namespace of the proved identity',
      { peerPrincipal: 'spiffe://td/ns/other/sa/x' },
      { destination_workload_namespace: 'other' },
    ],
  ])('by the rules of istio.stats: %s', (_, facts, expected) =>
    expect(requestLabels({ ...factsOf(streamOf(outbound)), ...facts })).toMatchObject(expected),
  );

  it.each<[string, JsonObject[], [string | undefined, number]]>([
    ['nothing changed', [], ['503', 25]],
    ['a label taken from all metrics', [{ tagsToRemove: ['response_code'] }], [undefined, 24]],
    ['a label taken from another metric', [{ name: 'request_bytes', tagsToRemove: ['response_code'] }], ['503', 25]],
    ['the metric dropped', [{ name: 'requests_total', drop: true }], [undefined, 0]],
  ])('as a Telemetry resource leaves them: %s', (_, changes, [code, size]) => {
    const report = () => expect.unreachable();
    const left = compileView({ metrics: changes }, { pointer: '', report })(
      'istio_requests_total',
      requestLabels(factsOf(streamOf(outbound))),
    );
    expect([left?.response_code, Object.keys(left ?? {}).length]).toEqual([code, size]);
  });

  it('tells of labels made by expressions', () => {
    const problems: string[] = [];
    const dimensions = { request_host: 'request.host' };
    compileView({ metrics: [{ dimensions }] }, { pointer: '/x', report: (p) => problems.push(p.what) });
    expect(problems).toEqual(['dimensions of all metrics is not interpreted in place sim']);
  });

  it('of a peer that is known', () => {
    const peer = { ...unknownWorkload, name: 'tester' };
    const facts = factsOf(streamOf({ connection: { node, direction: 'INBOUND' } }), { peer });
    expect(requestLabels(facts).source_workload).toBe('tester');
  });
});

describe('metrics', () => {
  it('count requests and sort durations into buckets', () => {
    const metrics = new IstioMetrics();
    for (const duration of [0, 7, 7, 4_000_000]) metrics.count(metrics.seriesOf(factsOf(streamOf(outbound))), duration);
    const values = (name: string, le?: string) =>
      metrics.samples().flatMap((s) => (s.name === name && s.labels.le === le ? [s.value] : []));
    expect(values('istio_requests_total')).toEqual([4]);
    const bucket = 'istio_request_duration_milliseconds_bucket';
    expect(['0.5', '5', '10', '3600000', '+Inf'].map((le) => values(bucket, le)[0])).toEqual([1, 1, 3, 3, 4]);
    expect(values('istio_request_duration_milliseconds_sum')).toEqual([4_000_014]);
  });

  it('keep TCP apart', () => {
    const metrics = new IstioMetrics();
    const { request: _, ...tcp } = streamOf(outbound);
    metrics.connection(factsOf(tcp), { sent: 5, received: 3 });
    expect(metrics.samples().map(({ name, value, labels }) => [name, value, labels.request_protocol])).toEqual([
      ['istio_tcp_connections_closed_total', 1, 'tcp'],
      ['istio_tcp_connections_opened_total', 1, 'tcp'],
      ['istio_tcp_received_bytes_total', 3, 'tcp'],
      ['istio_tcp_sent_bytes_total', 5, 'tcp'],
    ]);
  });

  it('as text', () =>
    expect(prometheusText([{ name: 'a', labels: { b: 'c"\\\n' }, value: 1 }])).toBe('a{b="c\\"\\\\\\n"} 1\n'));
});
