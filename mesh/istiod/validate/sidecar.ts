import type { Field, Finding } from '../../kube/schema/field.ts';
import { isHttp, isTls, parseProtocol } from '../model/protocol.ts';
import { crdWorkloadSelector, workloadSelectorFindings } from './attachment.ts';
import { destinationFindings, portFindings, unless } from './common.ts';
import { crdDuration } from './duration.ts';
import { unixAddressError } from './hostname.ts';
import { fqdnError, isIp } from './names.ts';
import { crdServerTls, serverTlsFindings } from './server-tls.ts';
import { protocolFindings } from './service-entry.ts';
import { egressFindings } from './sidecar-egress.ts';
import { connectionPoolFindings } from './traffic-policy.ts';
import { portNameFindings } from './workload-entry.ts';

const durations = [
  'http.http2KeepAlive.interval',
  'http.http2KeepAlive.timeout',
  'http.idleTimeout',
  'tcp.connectTimeout',
  'tcp.maxConnectionDuration',
  'tcp.tcpKeepalive.interval',
  'tcp.tcpKeepalive.time',
];

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function sidecarCrd(spec: Field): Finding[] {
  const pools = [spec.get('inboundConnectionPool'), ...spec.select('ingress[].connectionPool')];
  return [
    ...pools.flatMap((pool) => durations.flatMap((path) => pool.select(path))).flatMap(crdDuration),
    ...spec.select('ingress[].tls').flatMap(crdServerTls),
    ...crdWorkloadSelector(spec),
  ];
}

const parts = ['egress', 'ingress'];
const settings = ['outboundTrafficPolicy', 'inboundConnectionPool'];

/** pkg/config/validation/validation.go, ValidateSidecar. */
export function sidecarWebhook(spec: Field, namespace: string): Finding[] {
  const selector = workloadSelectorFindings(spec, 'sidecar');
  if (selector.some((f) => !f.warning)) return selector;
  const empty = parts.every((name) => spec.get(name).size === 0) && settings.every((name) => !spec.get(name).present);
  if (empty) return [spec.error('sidecar: empty configuration provided')];
  return [
    ...selector,
    ...ingressFindings(spec.get('ingress')),
    ...connectionPoolFindings(spec.get('inboundConnectionPool')),
    ...egressFindings(spec.get('egress'), namespace),
    ...outboundFindings(spec.get('outboundTrafficPolicy')),
  ];
}

function ingressFindings(ingress: Field): Finding[] {
  const seen = new Set<number>();
  return ingress.items().flatMap((listener) => {
    const port = listener.get('port');
    if (!port.present) return [listener.error('sidecar: port is required for ingress listeners')];
    const number = port.get('number');
    const again = seen.has(number.number);
    seen.add(number.number);
    return [
      ...targetPort(port),
      ...ingressPort(listener),
      ...number.when(again, 'sidecar: ports on IP bound listeners must be unique'),
      ...endpointFindings(listener.get('defaultEndpoint')),
      ...tlsFindings(listener.get('tls'), port),
      ...connectionPoolFindings(listener.get('connectionPool')),
      ...uselessPool(listener),
    ];
  });
}

const targetPort = (port: Field): Finding[] =>
  port.get('targetPort').when(port.get('targetPort').number > 0, 'targetPort has no impact on Sidecars');

function ingressPort(listener: Field): Finding[] {
  const [port, bind] = [listener.get('port'), listener.get('bind')];
  const name = port.get('name');
  return [
    ...(name.text === '' ? [] : portNameFindings(name, name.text)),
    ...protocolFindings(port.get('protocol')),
    ...portFindings(port.get('number')),
    ...bind.when(bind.text !== '' && !isIp(bind.text), `${bind.text} is not a valid IP`),
  ];
}

const local = ['', '127.0.0.1', '0.0.0.0', '::1', '::'];
const forms = '127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset';

/** `127.0.0.1:port`, `[::1]:port`, `:port` or a socket. */
function endpointFindings(endpoint: Field): Finding[] {
  const text = endpoint.text;
  if (text === '') return [];
  if (text.startsWith('unix://')) return unless(endpoint, unixAddressError(text.slice('unix://'.length)));
  const [, ipv6, name = ipv6 ?? '', port = ''] = /^(?:\[(.*)\]|([^:[\]]*)):([^:]*)$/.exec(text) ?? [];
  const split = ipv6 !== undefined || text.split(':').length === 2;
  const why = text.includes(':') ? 'too many colons in address' : 'missing port in address';
  const noNumber = `sidecar: defaultEndpoint port (${port}) is not a number: strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`;
  const number = Number(port);
  const wrongPort = !/^[+-]?\d+$/.test(port)
    ? noNumber
    : number < 1 || number > 65535
      ? `port number ${number} must be in the range 1..65535`
      : undefined;
  return [
    ...endpoint.when(!split, `address ${text}: ${why}`),
    ...endpoint.when(!local.includes(name), `sidecar: defaultEndpoint must be of form ${forms}`),
    ...unless(endpoint, wrongPort),
  ];
}

const unsupported: { [name: string]: string } = {
  subjectAltNames: 'subjectAltNames is not supported in ingress tls',
  httpsRedirect: 'httpsRedirect is not supported',
  credentialName: 'credentialName is not currently supported',
  credentialNames: 'credentialNames is not currently supported',
  tlsCertificates: 'tls_certificates is not currently supported',
};

function tlsFindings(tls: Field, port: Field): Finding[] {
  if (!tls.present) return [];
  const mode = tls.get('mode').text;
  const wrongMode = ['ISTIO_MUTUAL', 'AUTO_PASSTHROUGH'].includes(mode);
  const set = (name: string) => tls.get(name).true || tls.get(name).text !== '' || tls.get(name).size > 0;
  return [
    ...Object.entries(unsupported).flatMap(([name, words]) => tls.get(name).when(set(name), `sidecar: ${words}`)),
    ...tls.get('mode').when(wrongMode, `configuration is invalid: cannot set mode to ${mode} in sidecar ingress tls`),
    ...tls.when(
      !isTls(parseProtocol(port.get('protocol').text)),
      'server cannot have TLS settings for non HTTPS/TLS ports',
    ),
    ...serverTlsFindings(tls),
  ];
}

function uselessPool(listener: Field): Finding[] {
  const port = listener.get('port');
  const [number, name, protocol] = ['number', 'name', 'protocol'].map((f) => port.get(f));
  const pool = listener.at('connectionPool', 'http');
  if (!pool.present || isHttp(parseProtocol(protocol?.text))) return [];
  const where = `port ${number?.number} (${JSON.stringify(name?.text)})`;
  const words = `but its protocol is not HTTP (${protocol?.text}); only TCP settings will apply`;
  return [pool.warn(`sidecar: HTTP connection pool settings are configured for ${where} ${words}`)];
}

/** Its mode is REGISTRY_ONLY unless said otherwise (OutboundTrafficPolicy.Mode). */
function outboundFindings(policy: Field): Finding[] {
  const proxy = policy.get('egressProxy');
  if (!proxy.present) return [];
  const words = 'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode';
  if (policy.get('mode').text !== 'ALLOW_ANY') return [proxy.error(words)];
  const host = unless(proxy.get('host'), fqdnError(proxy.get('host').text));
  if (!proxy.get('port').present) return [...host, proxy.error('sidecar: egress_proxy port must be non-nil')];
  return [...host, ...destinationFindings(proxy)];
}
