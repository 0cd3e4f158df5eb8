import type { Address, Certificate, TlsInfo } from '../../facts.ts';
import type { LogSource } from '../../types.ts';
import { type Operator, type Operators, plain } from '../operator.ts';
import { formatTime } from '../time-format.ts';

/** `ip:port`, with brackets around an IPv6 address. */
export const addressText = ({ ip, port }: Address): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

type Find<T> = (source: LogSource) => T | undefined;

/** The four operators that Envoy has for each address. */
function addresses(prefix: string, find: Find<Address>): Operators {
  const ip = plain((source) => find(source)?.ip);
  const text = plain((source) => {
    const address = find(source);
    return address && addressText(address);
  });
  return {
    [`${prefix}_ADDRESS`]: text,
    [`${prefix}_ADDRESS_WITHOUT_PORT`]: ip,
    [`${prefix}_PORT`]: plain((source) => find(source)?.port),
  };
}

/** The facts of a certificate that Envoy prints, e.g. DOWNSTREAM_PEER_URI_SAN. */
function certificates(prefix: string, find: Find<Certificate>): Operators {
  const time = (read: (certificate: Certificate) => number): Operator => {
    return (argument) => (source) => {
      const found = find(source);
      return found && formatTime(argument === '' ? '%Y-%m-%dT%H:%M:%E3SZ' : argument, read(found));
    };
  };
  const joined = (read: (certificate: Certificate) => string[]) =>
    plain((source) => {
      const found = find(source);
      return found && read(found).length > 0 ? read(found).join(',') : undefined;
    });
  return {
    [`${prefix}_URI_SAN`]: joined((c) => c.uriSans),
    [`${prefix}_DNS_SAN`]: joined((c) => c.dnsSans),
    [`${prefix}_SUBJECT`]: plain((source) => find(source)?.subject || undefined),
    [`${prefix}_ISSUER`]: plain((source) => find(source)?.issuer || undefined),
    [`${prefix}_FINGERPRINT_256`]: plain((source) => find(source)?.fingerprint || undefined),
    [`${prefix}_SERIAL`]: plain((source) => find(source)?.serial || undefined),
    [`${prefix}_CERT_V_START`]: time((c) => c.notBefore),
    [`${prefix}_CERT_V_END`]: time((c) => c.notAfter),
  };
}

const upstreamTls: Find<TlsInfo> = ({ info }) => info.upstreamTls;
const downstreamTls: Find<TlsInfo> = ({ connection }) => connection.tls;
const upstreamHost: Find<Address> = ({ info }) => info.upstreamHost;

/** Addresses, TLS and upstream of a stream (docs: configuration/observability/access_log/usage#command-operators). */
export const connectionOperators: Operators = {
  ...addresses('DOWNSTREAM_REMOTE', ({ info, connection }) => info.downstreamRemote ?? connection.source),
  ...addresses('DOWNSTREAM_DIRECT_REMOTE', ({ connection }) => connection.source),
  ...addresses('DOWNSTREAM_LOCAL', ({ connection }) => connection.destination),
  ...addresses('UPSTREAM_REMOTE', upstreamHost),
  ...addresses('UPSTREAM_LOCAL', ({ info }) => info.upstreamLocal),
  ...certificates('DOWNSTREAM_PEER', (source) => downstreamTls(source)?.peer),
  ...certificates('DOWNSTREAM_LOCAL', (source) => downstreamTls(source)?.local),
  ...certificates('UPSTREAM_PEER', (source) => upstreamTls(source)?.peer),
  ...certificates('UPSTREAM_LOCAL', (source) => upstreamTls(source)?.local),
  UPSTREAM_HOST: plain(({ info }) => info.upstreamHost && addressText(info.upstreamHost)),
  UPSTREAM_CLUSTER: plain(({ info }) => info.upstreamAlias || info.upstreamCluster || undefined),
  UPSTREAM_CLUSTER_RAW: plain(({ info }) => info.upstreamCluster || undefined),
  UPSTREAM_TRANSPORT_FAILURE_REASON: plain(
    ({ info }) => info.upstreamTransportFailureReason.replace(/\s/g, '_') || undefined,
  ),
  UPSTREAM_REQUEST_ATTEMPT_COUNT: plain(({ info }) => info.attemptCount),
  UPSTREAM_TLS_VERSION: plain((source) => upstreamTls(source)?.version),
  DOWNSTREAM_TLS_VERSION: plain((source) => downstreamTls(source)?.version),
  REQUESTED_SERVER_NAME: plain(({ connection }) => connection.serverName || undefined),
  FILTER_CHAIN_NAME: plain(({ connection }) => connection.filterChain || undefined),
  CONNECTION_ID: plain(({ connection }) => connection.id),
  CONNECTION_TERMINATION_DETAILS: plain(({ connection }) => connection.terminationDetails || undefined),
};
