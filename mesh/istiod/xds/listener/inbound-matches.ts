import type { MtlsMode } from '../../model/peer-authentication.ts';
import type { ListenerProtocol } from '../../model/protocol.ts';

export const plaintextHttp = ['http/1.1', 'h2c'];
const mtlsHttp = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
const mtlsTcp = ['istio-peer-exchange', 'istio'];
export const mtlsAny = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

/** One chain of a port: what it matches, how it is served, whether it ends TLS. */
export interface InboundMatch {
  alpn?: readonly string[];
  transport: 'tls' | 'raw_buffer';
  serve: 'HTTP' | 'TCP';
  terminate?: true;
}

const http = (of: Omit<InboundMatch, 'serve'>): InboundMatch => ({ ...of, serve: 'HTTP' });
const tcp = (of: Omit<InboundMatch, 'serve'>): InboundMatch => ({ ...of, serve: 'TCP' });
const mtls = { transport: 'tls', terminate: true } as const;
const plain = { transport: 'raw_buffer' } as const;
/** TLS of the application's own, passed through. */
const foreignTls = { transport: 'tls' } as const;

/** Chains by protocol of the port and mode of mutual TLS (istio pilot/pkg/networking/core/filterchain_options.go). */
const table: { [protocol in 'HTTP' | 'TCP' | 'Auto']: { [mode in MtlsMode]: readonly InboundMatch[] } } = {
  HTTP: {
    STRICT: [http(mtls)],
    PERMISSIVE: [http({ ...mtls, alpn: mtlsAny }), http(plain)],
    DISABLE: [http(plain)],
  },
  TCP: {
    STRICT: [tcp(mtls)],
    PERMISSIVE: [tcp({ ...mtls, alpn: mtlsAny }), tcp(foreignTls), tcp(plain)],
    DISABLE: [tcp(plain)],
  },
  Auto: {
    STRICT: [http({ ...mtls, alpn: mtlsHttp }), tcp(mtls)],
    PERMISSIVE: [
      http({ ...mtls, alpn: mtlsHttp }),
      http({ ...plain, alpn: plaintextHttp }),
      tcp({ ...mtls, alpn: mtlsTcp }),
      tcp(plain),
      tcp(foreignTls),
    ],
    DISABLE: [http({ ...plain, alpn: plaintextHttp }), tcp(plain)],
  },
};

export const inboundMatches = (protocol: ListenerProtocol, mode: MtlsMode): readonly InboundMatch[] =>
  table[protocol === 'none' ? 'TCP' : protocol][mode];
