import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../kube/objects.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const object = (apiVersion: string, kind: string, spec: string): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop' },
  spec: parse(spec),
});
const rule = (policy: string) =>
  object('networking.istio.io/v1', 'DestinationRule', `{host: a, trafficPolicy: {${policy}}}`);
const destinationRule = (spec: string) => object('networking.istio.io/v1beta1', 'DestinationRule', spec);
const peerAuthentication = (spec: string) => object('security.istio.io/v1', 'PeerAuthentication', spec);

const told = (findings: ReturnType<typeof istioFindings>) =>
  findings.map((f) => (f.warning ? `warning: ${f.message}` : f.message));
const lb = (text: string) => rule(`loadBalancer: {${text}}`);

// pkg/config/validation/validation.go, ValidateDestinationRule and what it calls.
describe('DestinationRule', () => {
  it.each<[string, KubeObject, string[]]>([
    ['a good one', rule('tls: {mode: ISTIO_MUTUAL}'), []],
    ['no host', destinationRule('{}'), ['empty domain name not allowed']],
    ['a subset twice', destinationRule('{host: a, subsets: [{name: v1}, {name: v1}]}'), ['duplicate subset names: v1']],
    ['a bad subset name', destinationRule('{host: a, subsets: [{name: a b}]}'), ['subset name is invalid: a b']],
    [
      'bad subset labels',
      destinationRule('{host: a, subsets: [{name: a, labels: {"x y": "a b"}}]}'),
      ['invalid tag key: "x y"', 'invalid tag value: "a b"'],
    ],
    [
      'an empty policy',
      destinationRule('{host: a, trafficPolicy: {}}'),
      ['traffic policy must have at least one field'],
    ],
    [
      'an empty port policy',
      rule('portLevelSettings: [{port: {number: 80}}]'),
      ['port traffic policy must have at least one field'],
    ],
    [
      'a port policy without port',
      rule('portLevelSettings: [{tls: {mode: DISABLE}}]'),
      ['portTrafficPolicy must have valid port'],
    ],
    [
      'tunnel and PROXY protocol',
      rule('tunnel: {targetHost: a, targetPort: 1}, proxyProtocol: {version: V1}'),
      ['tunnel and proxyProtocol must not be set together'],
    ],
    [
      'mutual TLS without files',
      rule('tls: {mode: MUTUAL}'),
      ['client certificate required for mutual tls', 'private key required for mutual tls'],
    ],
    [
      'credential and files',
      rule('tls: {mode: SIMPLE, credentialName: c, caCertificates: f}'),
      ['cannot specify client certificates or CA certificate or CA CRL If credentialName is set'],
    ],
    [
      'nothing verified, but with a CA',
      rule('tls: {mode: SIMPLE, insecureSkipVerify: true, caCertificates: f}'),
      ['cannot specify CaCertificates or CredentialName or SubjectAltNames when InsecureSkipVerify is set true'],
    ],
    ['an empty pool', rule('connectionPool: {}'), ['connection pool must have at least one field']],
    [
      'negative pools',
      rule('connectionPool: {http: {maxRetries: -1}, tcp: {maxConnections: -1}}'),
      ['max retries must be non-negative', 'max connections must be non-negative'],
    ],
    ['an idle timeout of 0', rule('connectionPool: {tcp: {idleTimeout: 0s}}'), []],
    [
      'keep-alive without timeout',
      rule('connectionPool: {http: {http2KeepAlive: {interval: 1s}}}'),
      ['http2 keepalive timeout is required'],
    ],
    [
      'ejection of 101 percent',
      rule('outlierDetection: {maxEjectionPercent: 101}'),
      ['percentage 101 is not in range 0..100'],
    ],
    [
      'local failures not split',
      rule('outlierDetection: {consecutiveLocalOriginFailures: 2}'),
      [
        'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false',
      ],
    ],
    [
      'old consecutiveErrors',
      rule('outlierDetection: {consecutiveErrors: 2}'),
      [
        'warning: outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
      ],
    ],
    [
      'maglev of 4',
      lb('consistentHash: {useSourceIp: true, maglev: {tableSize: 4}}'),
      ['tableSize must be a prime number for maglev'],
    ],
    [
      'old ring size',
      lb('consistentHash: {useSourceIp: true, minimumRingSize: 9}'),
      ["warning: consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead"],
    ],
    [
      'warmup without duration',
      lb('warmup: {aggression: 0}'),
      ['duration is required', 'aggression should be greater than 0'],
    ],
    [
      'distribute and failover',
      lb('localityLbSetting: {distribute: [{from: a, to: {b: 100}}], failover: [{from: a, to: b}]}'),
      ["can not simultaneously specify 'distribute' and 'failover'"],
    ],
    [
      'distribution of 50',
      lb('localityLbSetting: {distribute: [{from: a, to: {b: 50}}]}'),
      ['total locality weight 50 != 100'],
    ],
    [
      'overlapping localities',
      lb('localityLbSetting: {distribute: [{from: a, to: {"b/*": 50, b/c: 50}}]}'),
      ['locality b/c overlap with previous specified ones'],
    ],
    [
      'failover to itself without outlier detection',
      lb('localityLbSetting: {failover: [{from: a, to: a}]}'),
      [
        'warning: outlier detection policy must be provided for failover',
        'locality lb failover settings must specify different regions',
      ],
    ],
    [
      'selector exported',
      destinationRule('{host: a, workloadSelector: {matchLabels: {a: b}}, exportTo: ["*"]}'),
      ['destination rule with workload selector cannot have exportTo beyond current namespace'],
    ],
    [
      'a wildcard in the selector',
      destinationRule('{host: a, workloadSelector: {matchLabels: {a: "*"}}}'),
      ['wildcard is not supported in selector: "a=*"'],
    ],
  ])('%s', (_name, given, want) => expect(told(istioFindings(given))).toEqual(want));

  it('is refused by its CRD for durations under a millisecond, at any depth', () => {
    const spec =
      '{host: a, subsets: [{name: v, trafficPolicy: {portLevelSettings: [{outlierDetection: {interval: 0.1ms}}]}}]}';
    expect(told(istioCrdRules(destinationRule(spec), undefined))).toEqual([
      'Invalid value: "0.1ms": must be a valid duration greater than 1ms',
    ]);
  });
});

// pkg/config/validation/validation.go, ValidatePeerAuthentication; the CRD refuses most of it before.
describe('PeerAuthentication', () => {
  it.each<[string, string, { crd: string[]; webhook: string[] }]>([
    [
      'of a workload',
      '{selector: {matchLabels: {a: b}}, portLevelMtls: {"80": {mode: DISABLE}}}',
      { crd: [], webhook: [] },
    ],
    [
      'ports without selector',
      '{portLevelMtls: {"80": {mode: DISABLE}}}',
      {
        crd: ['Invalid value: portLevelMtls requires selector'],
        webhook: ['mesh/namespace peer authentication cannot have port level mTLS'],
      },
    ],
    [
      'port 0',
      '{selector: {matchLabels: {a: b}}, portLevelMtls: {"0": {mode: DISABLE}}}',
      {
        crd: ['Invalid value: port must be between 1-65535'],
        webhook: ['port must be in range 1..65535'],
      },
    ],
    [
      'an empty selector',
      '{selector: {}}',
      { crd: [], webhook: ['warning: workload selector specified without labels'] },
    ],
    [
      'a wildcard',
      '{selector: {matchLabels: {"a*": b}}}',
      {
        crd: ['Invalid value: wildcard not allowed in label key match'],
        webhook: ['wildcard is not supported in selector: "a*=b"'],
      },
    ],
  ])('%s', (_name, spec, want) => {
    const given = peerAuthentication(spec);
    expect({ crd: told(istioCrdRules(given, undefined)), webhook: told(istioFindings(given)) }).toEqual(want);
  });

  it('is no dry run', () => {
    const given = peerAuthentication('{}');
    given.metadata.annotations = { 'istio.io/dry-run': 'true' };
    expect(told(istioFindings(given))).toEqual([
      'shop/x has unsupported annotation istio.io/dry-run, please remove the annotation',
    ]);
  });
});
