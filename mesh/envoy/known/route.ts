import { shape } from './shape.ts';

// What compileRoute and compileRouteConfig report themselves counts as read.
const headers = 'requestHeadersToAdd requestHeadersToRemove responseHeadersToAdd responseHeadersToRemove';
const weighted = shape(
  'WeightedCluster',
  { read: 'totalWeight', idle: 'runtimeKeyPrefix' },
  {
    clusters: shape('ClusterWeight', { read: `name weight hostRewriteLiteral typedPerFilterConfig ${headers}` }),
  },
);

const action = shape(
  'RouteAction',
  {
    read: `cluster clusterHeader clusterNotFoundResponseCode metadataMatch prefixRewrite regexRewrite pathRewritePolicy
      hostRewriteLiteral autoHostRewrite hostRewriteHeader hostRewritePathRegex appendXForwardedHost timeout idleTimeout maxGrpcTimeout grpcTimeoutOffset
      requestMirrorPolicies priority rateLimits clusterSpecifierPlugin inlineClusterSpecifierPlugin hedgePolicy
      internalRedirectPolicy upgradeConfigs`,
    idle: 'flushTimeout',
  },
  {
    weightedClusters: weighted,
    maxStreamDuration: shape('MaxStreamDuration', {
      read: 'maxStreamDuration grpcTimeoutHeaderMax grpcTimeoutHeaderOffset',
    }),
    retryPolicy: shape('RetryPolicy', {
      read: `retryOn numRetries perTryTimeout perTryIdleTimeout retryHostPredicate hostSelectionRetryMaxAttempts
        retriableStatusCodes retryBackOff retriableHeaders retriableRequestHeaders retryPriority`,
    }),
    hashPolicy: shape('HashPolicy', { read: 'header cookie connectionProperties queryParameter terminal' }),
  },
);

const match = shape('RouteMatch', {
  read: `prefix path safeRegex pathSeparatedPrefix pathMatchPolicy connectMatcher caseSensitive runtimeFraction headers
    queryParameters cookies grpc tlsContext dynamicMetadata filterState`,
});

const route = shape(
  'Route',
  {
    read: `name redirect directResponse nonForwardingAction decorator typedPerFilterConfig ${headers}`,
    idle: 'metadata tracing statPrefix perRequestBufferLimitBytes',
  },
  { match, route: action },
);

const virtualHost = shape(
  'VirtualHost',
  {
    read: `name domains requireTls virtualClusters rateLimits matcher retryPolicy hedgePolicy requestMirrorPolicies
      includeRequestAttemptCount includeAttemptCountInResponse typedPerFilterConfig ${headers}`,
    idle: 'metadata perRequestBufferLimitBytes',
  },
  { routes: route },
);

export const routeConfiguration = shape(
  'RouteConfiguration',
  {
    read: `name vhds clusterSpecifierPlugins ignorePortInHostMatching ignorePathParametersInPathMatching
      mostSpecificHeaderMutationsWins requestMirrorPolicies typedPerFilterConfig maxDirectResponseBodySizeBytes ${headers}`,
    idle: 'validateClusters internalOnlyHeaders metadata',
  },
  { virtualHosts: virtualHost },
);
