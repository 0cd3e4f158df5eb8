import type { ServerHello } from '../../world/connection.ts';
import type { UpstreamReset } from '../retry/retry-state.ts';
import type { ResponseFlag, TlsInfo } from '../types.ts';

/** How the router answers in place of the upstream. */
export interface UpstreamFailure {
  status: number;
  flag: ResponseFlag;
  body: string;
  details: string;
  /** By a circuit breaker: the answer carries x-envoy-overloaded. */
  dropped: boolean;
}

/** source/common/router/router.cc, streamResetReasonToResponseFlag. */
const flags: { [reset in UpstreamReset]: ResponseFlag } = {
  overflow: 'UO',
  'local connection failure': 'UF',
  'remote connection failure': 'UF',
  'connection timeout': 'UF',
  'connection termination': 'UC',
  'local reset': 'LR',
  'remote reset': 'UR',
  'remote refused stream reset': 'UR',
  'protocol error': 'UPE',
};

export const noHealthyUpstream: UpstreamFailure = {
  status: 503,
  flag: 'UH',
  body: 'no healthy upstream',
  details: 'no_healthy_upstream',
  dropped: false,
};

export const timeout = (
  details: 'response_timeout' | 'upstream_per_try_timeout' | 'upstream_per_try_idle_timeout',
): UpstreamFailure => ({
  status: 504,
  flag: 'UT',
  body: 'upstream request timeout',
  details,
  dropped: false,
});

/** source/common/router/router.cc, onUpstreamReset. */
export function resetFailure(
  reason: UpstreamReset,
  { transportReason, isRetry, responding }: { transportReason: string; isRetry: boolean; responding: boolean },
): UpstreamFailure {
  // The separator since 1.39 or so is "|" (measured with 1.40).
  const cause = transportReason ? `${reason}|${transportReason}` : reason;
  const when = responding ? 'upstream_reset_after_response_started' : 'upstream_reset_before_response_started';
  return {
    status: reason === 'protocol error' ? 502 : 503,
    flag: flags[reason],
    // The transport's failure reason stays out of the body since 1.39 (hide_transport_failure_reason_in_response_body).
    body: `upstream connect error or disconnect/reset before headers. ${isRetry ? 'retried and the latest ' : ''}reset reason: ${reason}`,
    details: `${when}{${cause.replaceAll(' ', '_')}}`,
    dropped: reason === 'overflow',
  };
}

const infos = new WeakMap<ServerHello, TlsInfo>();

/** A connection's TLS as its requests log it, made once. */
export function tlsInfo(hello: ServerHello): TlsInfo {
  let info = infos.get(hello);
  if (!info) {
    const { version, alpn, certificate, client } = hello;
    info = {
      version,
      alpn,
      sni: '',
      ...(certificate ? { peer: certificate } : {}),
      ...(client ? { local: client } : {}),
    };
    infos.set(hello, info);
  }
  return info;
}

/** source/common/grpc/status.cc, grpcToHttpStatus. */
export function grpcToHttp(status: number): number {
  const known = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
  return known[status] ?? 500;
}
