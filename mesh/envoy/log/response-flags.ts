import type { ResponseFlag } from '../facts.ts';

/** Long names, as %RESPONSE_FLAGS_LONG% prints them (envoy source/common/stream_info/utility.h, CORE_RESPONSE_FLAGS). */
export const longFlags: { readonly [flag in ResponseFlag]: string } = {
  LH: 'FailedLocalHealthCheck',
  UH: 'NoHealthyUpstream',
  UT: 'UpstreamRequestTimeout',
  LR: 'LocalReset',
  UR: 'UpstreamRemoteReset',
  UF: 'UpstreamConnectionFailure',
  UC: 'UpstreamConnectionTermination',
  UO: 'UpstreamOverflow',
  NR: 'NoRouteFound',
  DI: 'DelayInjected',
  FI: 'FaultInjected',
  RL: 'RateLimited',
  UAEX: 'UnauthorizedExternalService',
  RLSE: 'RateLimitServiceError',
  DC: 'DownstreamConnectionTermination',
  URX: 'UpstreamRetryLimitExceeded',
  SI: 'StreamIdleTimeout',
  IH: 'InvalidEnvoyRequestHeaders',
  DPE: 'DownstreamProtocolError',
  UMSDR: 'UpstreamMaxStreamDurationReached',
  RFCF: 'ResponseFromCacheFilter',
  NFCF: 'NoFilterConfigFound',
  DT: 'DurationTimeout',
  UPE: 'UpstreamProtocolError',
  NC: 'NoClusterFound',
  OM: 'OverloadManagerTerminated',
  DF: 'DnsResolutionFailed',
  DO: 'DropOverload',
  DR: 'DownstreamRemoteReset',
  UDO: 'UnconditionalDropOverload',
} as { readonly [flag in ResponseFlag]: string };

const order = Object.keys(longFlags);

/** Flags as the access log prints them: in Envoy's order of flags, joined by ","; undefined when there are none. */
export function flagsText(flags: readonly ResponseFlag[]): string | undefined {
  if (flags.length === 0) return undefined;
  if (flags.length === 1) return flags[0];
  return [...flags].sort((a, b) => order.indexOf(a) - order.indexOf(b)).join(',');
}

export const longFlagsText = (flags: readonly ResponseFlag[]): string | undefined =>
  flagsText(flags)
    ?.split(',')
    .map((flag) => longFlags[flag as ResponseFlag])
    .join(',');
