/**
 * Response code details that Envoy's own replies carry (docs: configuration/http/http_conn_man/response_code_details;
 * envoy/stream_info/stream_info.h, ResponseCodeDetailValues).
 */
export const details = {
  viaUpstream: 'via_upstream',
  directResponse: 'direct_response',
  routeNotFound: 'route_not_found',
  clusterNotFound: 'cluster_not_found',
  noHealthyUpstream: 'no_healthy_upstream',
  upstreamTimeout: 'upstream_response_timeout',
  upstreamPerTryTimeout: 'upstream_per_try_timeout',
  maxDurationTimeout: 'max_duration_timeout',
  upstreamMaxStreamDuration: 'upstream_max_stream_duration_reached',
  streamIdleTimeout: 'stream_idle_timeout',
  requestOverallTimeout: 'request_overall_timeout',
  downstreamRemoteDisconnect: 'downstream_remote_disconnect',
  downstreamLocalDisconnect: 'downstream_local_disconnect',
  missingHost: 'missing_host_header',
  missingPath: 'missing_path_rejected',
  absolutePath: 'absolute_path_rejected',
  pathNormalizationFailed: 'path_normalization_failed',
  lowVersion: 'low_version',
  upgradeFailed: 'upgrade_failed',
  faultAbort: 'fault_filter_abort',
  rbacDenied: 'rbac_access_denied',
  jwtDenied: 'jwt_authn_access_denied',
  localRateLimited: 'local_rate_limited',
  rateLimited: 'request_rate_limited',
  invalidAuthority: 'http.invalid_authority',
} as const;

/** `upstream_reset_before_response_started{connection_failure}`: reasons as in Envoy's StreamResetReason. */
export const resetBeforeResponse = (reason: string): string => `upstream_reset_before_response_started{${reason}}`;
