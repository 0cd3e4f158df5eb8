import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../kube/objects.ts';
import { type Finding, pathText } from '../../kube/schema/field.ts';
import { istioCrdRules, istioFindings } from './validate.ts';

const object = (kind: string, spec: string, metadata: object = {}): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'x', namespace: 'shop', ...metadata },
  spec: parse(spec),
});
/** Paths below spec, to keep the tables short. */
const told = ({ path, message, warning }: Finding) =>
  `${warning ? 'warning ' : ''}${pathText(path.slice(1))}: ${message}`;
const webhook = (...given: Parameters<typeof object>) => istioFindings(object(...given)).map(told);
const crd = (kind: string, spec: string) => istioCrdRules(object(kind, spec), undefined).map(told);
type Row = [name: string, spec: string, want: string[]];

const http = 'port: {number: 80, name: http, protocol: HTTP}';
const https = 'port: {number: 443, name: https, protocol: HTTPS}';
const gateway = (...servers: string[]) => `{servers: [${servers.map((s) => `{${s}}`).join(', ')}]}`;

// pkg/config/validation/validation.go: ValidateGateway, validateServer, validateTLSOptions (cases of validation_test.go, TestValidateServer, TestValidateTlsOptions).
describe('Gateway', () => {
  it.each<Row>([
    ['a good one', gateway(`${http}, hosts: ["*", "./a.test", "10.0.0.1"]`), []],
    ['no server', '{servers: []}', ['servers: gateway must have at least one server']],
    ['a short name', gateway(`${http}, hosts: [a]`), ['servers[0].hosts[0]: short names (non FQDN) are not allowed']],
    [
      'a partial wildcard',
      gateway(`${http}, hosts: ["*-a.test"]`),
      ['servers[0].hosts[0]: partial wildcard "*-a.test" not allowed'],
    ],
    [
      'a bad namespace',
      gateway(`${http}, hosts: ["a_b/a.test"]`),
      ['servers[0].hosts[0]: invalid namespace value "a_b" in gateway'],
    ],
    [
      'a port without name and protocol',
      gateway('port: {number: 80}, hosts: [a.test]'),
      [
        'servers[0].port.protocol: invalid protocol "", supported protocols are HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP',
        'servers[0].port: port name must be set: number:80',
      ],
    ],
    [
      'a socket with a port',
      gateway(`${http}, bind: unix:///s, hosts: [a.test]`),
      ['servers[0].port: port number must be 0 for unix domain socket: number:80 name:"http" protocol:"HTTP"'],
    ],
    ['a bad address', gateway(`${http}, bind: here, hosts: [a.test]`), ['servers[0].bind: here is not a valid IP']],
    [
      'mutual TLS without anything',
      gateway(`${https}, hosts: [a.test], tls: {mode: MUTUAL}`),
      [
        'servers[0].tls: MUTUAL TLS requires a client CA bundle',
        'servers[0].tls: MUTUAL TLS requires a server certificate',
        'servers[0].tls: MUTUAL TLS requires a private key',
      ],
    ],
    ['a credential', gateway(`${https}, hosts: [a.test], tls: {mode: OPTIONAL_MUTUAL, credentialName: c}`), []],
    [
      'ISTIO_MUTUAL with a credential',
      gateway(`${https}, hosts: [a.test], tls: {mode: ISTIO_MUTUAL, credentialName: c}`),
      ['servers[0].tls.credentialName: ISTIO_MUTUAL TLS cannot have associated credentialName'],
    ],
    [
      'PASSTHROUGH with a credential',
      gateway(`${https}, hosts: [a.test], tls: {credentialName: c}`),
      ['warning servers[0].tls: PASSTHROUGH mode does not use certificates, they will be ignored'],
    ],
    [
      'unknown and repeated ciphers',
      gateway(`${https}, hosts: [a.test], tls: {cipherSuites: [b, a, AES128-SHA, AES128-SHA, "-ALL"]}`),
      [
        'warning servers[0].tls.cipherSuites: ignoring invalid cipher suites: [a b]',
        'warning servers[0].tls.cipherSuites: ignoring duplicate cipher suites: [AES128-SHA]',
      ],
    ],
    [
      'a CRL for SIMPLE',
      gateway(`${https}, hosts: [a.test], tls: {mode: SIMPLE, serverCertificate: c, privateKey: k, caCrl: r}`),
      ['servers[0].tls.caCrl: CRL is not supported with SIMPLE TLS'],
    ],
    [
      'TLS for TCP',
      gateway('port: {number: 9, name: t, protocol: TCP}, hosts: ["*"], tls: {}'),
      ['servers[0].tls: server cannot have TLS settings for non HTTPS/TLS ports'],
    ],
    ['a redirect', gateway(`${http}, hosts: ["*"], tls: {httpsRedirect: true}`), []],
    [
      'a redirect from HTTPS',
      gateway(`${https}, hosts: ["*"], tls: {httpsRedirect: true}`),
      ['warning servers[0].tls.httpsRedirect: tls.httpsRedirect should only be used with http servers'],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('Gateway', spec)).toEqual(want));

  it('has a DNS label as name', () =>
    expect(webhook('Gateway', gateway(`${http}, hosts: ["*"]`), { name: 'a.b' })).toEqual([
      ': invalid gateway name: "a.b"',
    ]));

  it('is refused by its CRD for two sources of certificates', () =>
    expect(crd('Gateway', gateway(`${https}, tls: {credentialName: a, credentialNames: [b]}`))).toEqual([
      'servers[0].tls: Invalid value: only one of credentialName or credentialNames can be set',
    ]));
});

const port = 'ports: [{number: 80, name: http, protocol: HTTP}]';
// ValidateServiceEntry (validation_test.go, TestValidateServiceEntries).
describe('ServiceEntry', () => {
  it.each<Row>([
    ['a good one', `{hosts: [a.test], ${port}, resolution: DNS, exportTo: ["~"]}`, []],
    ['host *', `{hosts: ["*"], ${port}}`, ['hosts[0]: invalid host *']],
    [
      'a partial wildcard',
      `{hosts: ["*-a.test"], ${port}}`,
      ['warning hosts[0]: partial wildcard "*-a.test" not allowed'],
    ],
    [
      'a block that is to be looked up',
      `{hosts: [a.test], addresses: [10.0.0.0/8], ${port}, resolution: DNS}`,
      ['addresses: CIDR addresses are allowed only for NONE/STATIC resolution types'],
    ],
    // Protocols may be left out: they are sniffed (ServiceEntry.ports in istio.io/api has no required protocol).
    ['a port without protocol', '{hosts: [a.test], ports: [{number: 1, name: a}], resolution: DNS}', []],
    [
      'two ports without protocol, one number',
      '{hosts: [a.test], ports: [{number: 1, name: a}, {number: 1, name: b}], resolution: DNS}',
      ['ports[1].number: service entry port 1 already defined'],
    ],
    [
      'ports of one name and a bad protocol',
      '{hosts: [a.test], ports: [{number: 1, name: a, protocol: HTTP}, {number: 2, name: a, protocol: X}]}',
      ['ports[1].name: service entry port name "a" already defined', 'ports[1].protocol: unsupported protocol: X'],
    ],
    [
      'TCP without addresses',
      '{hosts: [a.test], ports: [{number: 1, name: a, protocol: TCP}]}',
      [
        'warning ports[0]: addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled',
      ],
    ],
    [
      'a port that only the endpoint has',
      `{hosts: [a.test], ${port}, resolution: STATIC, endpoints: [{address: 1.1.1.1, ports: {x: 1}}]}`,
      ['endpoints[0].ports.x: endpoint port 1 is not defined by the service entry'],
    ],
    [
      'a socket with two ports',
      '{hosts: [a.test], ports: [{number: 1, name: a, protocol: HTTP}, {number: 2, name: b, protocol: HTTP}], resolution: STATIC, endpoints: [{address: "unix:///s"}]}',
      ['endpoints[0]: exactly 1 service port required for unix endpoints'],
    ],
    [
      'two endpoints in turn',
      `{hosts: [a.test], ${port}, resolution: DNS_ROUND_ROBIN, endpoints: [{address: a.test}, {address: b.test}]}`,
      ['endpoints: there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN'],
    ],
    [
      'DYNAMIC_DNS of one host over TCP',
      '{hosts: [a.test], ports: [{number: 1, name: a, protocol: MONGO}], resolution: DYNAMIC_DNS}',
      [
        'hosts[0]: host must be wildcarded for resolution mode DYNAMIC_DNS',
        'ports[0]: only HTTP, TLS, GRPC, and HTTP2 protocols are supported for resolution type DYNAMIC_DNS',
      ],
    ],
    [
      'two hosts behind one TCP port',
      '{hosts: [a.test, b.test], ports: [{number: 1, name: a, protocol: TCP}], resolution: STATIC}',
      ['ports: multiple hosts provided with non-HTTP, non-TLS ports'],
    ],
    [
      'an empty selector',
      `{hosts: [a.test], ${port}, resolution: STATIC, workloadSelector: {}}`,
      [
        'warning workloadSelector: service entry: workload selector specified without labels, will be applied to all services in namespace',
      ],
    ],
    [
      'exported to nobody and all',
      `{hosts: [a.test], ${port}, exportTo: ["~", b]}`,
      ['exportTo: cannot export service entry to no one (~) and someone'],
    ],
  ])('%s', (_name, spec, want) => expect(webhook('ServiceEntry', spec)).toEqual(want));

  it('is not resolved dynamically behind a waypoint', () => {
    const spec = `{hosts: ["*.a.test"], ${port}, resolution: DYNAMIC_DNS, location: MESH_INTERNAL}`;
    expect(webhook('ServiceEntry', spec, { labels: { 'istio.io/use-waypoint': 'w' } })).toEqual([
      'location: location MESH_INTERNAL with resolution type DYNAMIC_DNS is not supported when using waypoints',
    ]);
    expect(webhook('ServiceEntry', spec, { labels: { 'istio.io/use-waypoint': 'None' } })).toEqual([]);
  });

  // Rules of istio/api kubernetes/customresourcedefinitions.gen.yaml.
  it.each<Row>([
    ['a full wildcard', '{hosts: ["*"]}', ['hosts[0]: Invalid value: "*": hostname cannot be wildcard']],
    [
      'a port out of range',
      '{ports: [{number: 70000}]}',
      ['ports[0].number: Invalid value: 70000: port must be between 1-65535'],
    ],
    [
      'an endpoint that is a folder',
      '{resolution: STATIC, endpoints: [{address: "unix:///a/", ports: {a: 1}}, {}]}',
      [
        'endpoints[0]: Invalid value: UDS may not include ports',
        'endpoints[0].address: Invalid value: "unix:///a/": UDS may not be a dir',
        'endpoints[1]: Invalid value: Address is required',
      ],
    ],
  ])('its CRD on %s', (_name, spec, want) => expect(crd('ServiceEntry', spec)).toEqual(want));
});

// ValidateWorkloadEntry, ValidateWorkloadGroup (validation_test.go, TestValidateWorkloadEntry, TestValidateWorkloadGroup).
describe('WorkloadEntry and WorkloadGroup', () => {
  it.each<[kind: string, spec: string, want: string[]]>([
    ['WorkloadEntry', '{address: 1.1.1.1, labels: {a: b}}', []],
    ['WorkloadEntry', '{address: vm.test}', []],
    ['WorkloadEntry', '{}', [': address is required']],
    ['WorkloadEntry', '{network: n}', ['warning : address is unset with network "n"']],
    ['WorkloadEntry', '{address: "a b"}', ['address: endpoint address "a b" is not a valid FQDN or an IP address']],
    [
      'WorkloadEntry',
      '{address: "unix://s", ports: {http: 1}}',
      ['address: s is not an absolute path to a file', 'ports: unix endpoint unix://s must not include ports'],
    ],
    ['WorkloadEntry', '{address: 1.1.1.1, ports: {a_b: 1}}', ['ports.a_b: invalid port name: a_b']],
    ['WorkloadGroup', '{}', [': template is required']],
    ['WorkloadGroup', '{template: {}, probe: {}}', ['probe: unknown health check method <nil>']],
    [
      'WorkloadGroup',
      '{template: {}, probe: {periodSeconds: -1, httpGet: {port: 0, scheme: TCP, httpHeaders: [{name: a_b}]}}}',
      [
        'probe.periodSeconds: periodSeconds must be non-negative',
        'probe.httpGet.port: port number 0 must be in the range 1..65535',
        'probe.httpGet.scheme: httpGet.scheme must be one of "HTTPS", "HTTP"',
        'probe.httpGet.httpHeaders[0]: header name a_b is not a valid header name',
      ],
    ],
    ['WorkloadGroup', '{template: {}, probe: {exec: {}}}', ['probe.exec: exec.command is required']],
    [
      'WorkloadGroup',
      '{template: {}, metadata: {labels: {a: "b c"}}}',
      ['metadata.labels.a: invalid labels: invalid tag value: "b c"'],
    ],
  ])('%s %s', (kind, spec, want) => expect(webhook(kind, spec)).toEqual(want));
});
