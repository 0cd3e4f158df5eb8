import type { JsonObject } from '../../json.ts';
import type { Clock } from '../../world/clock.ts';
import type { ClientHello, ConnectFailure, ServerHello } from '../../world/connection.ts';
import type { TlsInfo } from '../facts.ts';
import { flag, object, text, texts } from '../runtime/proto.ts';
import type { Secrets } from './secrets.ts';
import { compileCertificate, compileMissing, compileValidation } from './validation.ts';

export interface TlsCompiling {
  secrets: Secrets;
  clock: Clock;
  pointer: string;
}

/** Makes the client's part of a handshake. `alpn` and `sni` of the request override those of the configuration. */
export interface UpstreamTls {
  /** Why no connection can be made now; '' when one can. */
  notReady(): string;
  /** `expected`: a name that the server's certificate must have. */
  hello(override: {
    alpn?: readonly string[] | undefined;
    sni?: string | undefined;
    expected?: string | undefined;
  }): ClientHello;
}

const notSupplied = 'TLS error: Secret is not supplied by SDS';

/** envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext. */
export function compileUpstreamTls(config: JsonObject, { secrets, clock, pointer }: TlsCompiling): UpstreamTls {
  const common = object(config, 'commonTlsContext');
  const validate = compileValidation(common, secrets, pointer);
  const certificate = compileCertificate(common, secrets);
  const [alpn, sni] = [texts(common, 'alpnProtocols'), text(config, 'sni')];
  const isMissing = compileMissing(common, secrets);
  return {
    notReady: () => (isMissing() ? notSupplied : ''),
    hello: (override) => ({
      sni: override.sni || sni,
      alpn: override.alpn ?? alpn,
      certificate: certificate(),
      refuses: (server) => (validate && server ? validate(server, clock.now(), override.expected) : ''),
    }),
  };
}

export interface Handshake {
  hello: ServerHello;
  info: TlsInfo;
}

/** The server refuses the client's certificate when the client already takes itself to be connected (RFC 8446, 2): what it sent is lost. */
export interface LateRefusal {
  lateRefusal: string;
}

export interface DownstreamTls {
  shake(client: ClientHello): Handshake | ConnectFailure | LateRefusal;
}

const failure = (reason: string): ConnectFailure => ({ failure: 'tls', reason });
/** In TLS 1.2 the client hears of it within the handshake. */
const refused = (version: string, reason: string): ConnectFailure | LateRefusal =>
  version === 'TLSv1.3' ? { lateRefusal: reason } : failure(reason);

/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext. */
export function compileDownstreamTls(config: JsonObject, { secrets, clock, pointer }: TlsCompiling): DownstreamTls {
  const common = object(config, 'commonTlsContext');
  const validate = compileValidation(common, secrets, pointer);
  const certificate = compileCertificate(common, secrets);
  const serverAlpn = texts(common, 'alpnProtocols');
  const required = flag(config, 'requireClientCertificate');
  const version = text(object(common, 'tlsParams'), 'tlsMaximumProtocolVersion') === 'TLSv1_2' ? 'TLSv1.2' : 'TLSv1.3';
  return {
    shake(client) {
      const local = certificate();
      // A context whose secret has not come closes what arrives (source/common/tls/ssl_socket.cc, NotReadySslSocket).
      if (!local) return { failure: 'reset', reason: notSupplied };
      // The server's order decides (source/common/tls/server_context_impl.cc, alpnSelectCallback: SSL_select_next_proto).
      const alpn = serverAlpn.find((p) => client.alpn.includes(p)) ?? '';
      const refusal = client.refuses(local);
      if (refusal) return failure(refusal);
      // A server without validation context does not ask for a certificate.
      const peer = validate || required ? client.certificate : undefined;
      if (!peer && required)
        return refused(
          version,
          'TLS_error:|268436514:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED:TLS_error_end',
        );
      if (peer && validate?.(peer, clock.now()))
        return refused(
          version,
          'TLS_error:|268436498:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end',
        );
      const info: TlsInfo = { version, alpn, sni: client.sni, local, ...(peer ? { peer } : {}) };
      return { hello: { version, alpn, certificate: local, client: peer }, info };
    },
  };
}
