import type { Field, Finding } from '../../kube/schema/field.ts';
import { isHttp, isTls, parseProtocol } from '../model/protocol.ts';
import { portFindings, unless } from './common.ts';
import { scopedHostFindings, unixAddressError } from './hostname.ts';
import { isDnsLabel, isIp } from './names.ts';
import { crdServerTls, serverTlsFindings } from './server-tls.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export const gatewayCrd = (spec: Field): Finding[] => spec.select('servers[].tls').flatMap(crdServerTls);

/** pkg/config/validation/validation.go, ValidateGateway. */
export function gatewayWebhook(spec: Field, _namespace: string, { name }: { name: string }): Finding[] {
  const servers = spec.get('servers');
  return [
    ...spec.when(!isDnsLabel(name), `invalid gateway name: ${JSON.stringify(name)}`),
    ...servers.when(servers.size === 0, 'gateway must have at least one server'),
    ...servers.items().flatMap(serverFindings),
    ...portNames(servers),
  ];
}

function serverFindings(server: Field): Finding[] {
  const hosts = server.get('hosts');
  const port = portOf(server);
  return [
    ...server.when(hosts.size === 0, 'server config must contain at least one host'),
    ...hosts.items().flatMap((host) => scopedHostFindings(host, 'gateway')),
    ...port,
    ...bindFindings(server),
    ...serverTlsFindings(server.get('tls')),
    ...(port.length === 0 ? protocolFindings(server) : []),
  ];
}

const protocols = 'HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP';
/** A protocol that Istio does not know is `Auto` here: a Gateway must say one. */
const protocolOf = (server: Field) => parseProtocol(server.at('port', 'protocol').text);

function portOf(server: Field): Finding[] {
  const port = server.get('port');
  if (!port.present) return [server.error('port is required')];
  const number = port.get('number');
  const target = port.get('targetPort');
  const socket = server.get('bind').text.startsWith('unix://');
  const shown = JSON.stringify(port.get('protocol').text);
  return [
    ...port
      .get('protocol')
      .when(protocolOf(server) === 'Auto', `invalid protocol ${shown}, supported protocols are ${protocols}`),
    ...(number.number > 0 || !socket ? portFindings(number) : []),
    ...target.when(target.number > 0, 'targetPort has no impact on Gateways'),
    ...port.when(port.get('name').text === '', `port name must be set: ${portText(port)}`),
  ];
}

/** As Go prints the message of a port. */
const portText = (port: Field) =>
  port
    .entries()
    .filter(([, field]) => field.present)
    .map(([name, field]) => `${name}:${JSON.stringify(field.value)}`)
    .join(' ');

function bindFindings(server: Field): Finding[] {
  const [bind, port] = [server.get('bind'), server.get('port')];
  if (bind.text.startsWith('unix://')) {
    const zero = `port number must be 0 for unix domain socket: ${portText(port)}`;
    return [
      ...unless(bind, unixAddressError(bind.text.slice('unix://'.length))),
      ...port.when(port.get('number').number !== 0, zero),
    ];
  }
  return bind.when(bind.text !== '' && !isIp(bind.text), `${bind.text} is not a valid IP`);
}

function protocolFindings(server: Field): Finding[] {
  const protocol = protocolOf(server);
  const tls = server.get('tls');
  if (isTls(protocol)) return server.when(!tls.present, 'server must have TLS settings for HTTPS/TLS protocols');
  if (!tls.present) return [];
  if (!isHttp(protocol)) return [tls.error('server cannot have TLS settings for non HTTPS/TLS ports')];
  // Only a redirect to HTTPS is meant to stand here.
  const passThrough = ['', 'PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(tls.get('mode').text);
  const certificates = ['caCertificates', 'privateKey', 'serverCertificate'].some((name) => tls.get(name).text !== '');
  return tls.when(!passThrough || certificates, 'server cannot have TLS settings for plain text HTTP ports');
}

function portNames(servers: Field): Finding[] {
  const seen = new Set<string>();
  return servers.items().flatMap((server) => {
    const name = server.at('port', 'name');
    if (!server.get('port').present) return [];
    const again = seen.has(name.text);
    seen.add(name.text);
    const redirect = server.at('tls', 'httpsRedirect');
    const useless = redirect.true && !isHttp(protocolOf(server));
    return [
      ...name.when(again, `port names in servers must be unique: duplicate name ${name.text}`),
      ...(useless ? [redirect.warn('tls.httpsRedirect should only be used with http servers')] : []),
    ];
  });
}
