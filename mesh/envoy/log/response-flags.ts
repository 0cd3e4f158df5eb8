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

/** Flags as the access log prints them: in the order in which they were set (measured: `URX,UT`), joined by ","; undefined when there are none. */
export const flagsText = (flags: readonly ResponseFlag[]): string | undefined =>
  flags.length < 2 ? flags[0] : flags.join(',');

export const longFlagsText = (flags: readonly ResponseFlag[]): string | undefined =>
  flagsText(flags)
    ?.split(',')
    .map((flag) => longFlags[flag as ResponseFlag])
    .join(',');
