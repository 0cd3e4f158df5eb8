import { byType, shape } from './shape.ts';
import { sockets } from './tls.ts';

const slowStart = shape('SlowStartConfig', { read: 'slowStartWindow aggression minWeightPercent' });

export const assignmentShape = shape(
  'ClusterLoadAssignment',
  { read: 'clusterName' },
  {
    policy: shape('Policy', { read: 'overprovisioningFactor' }),
    endpoints: shape(
      'LocalityLbEndpoints',
      { read: 'locality loadBalancingWeight priority', idle: 'metadata' },
      {
        lbEndpoints: shape(
          'LbEndpoint',
          { read: 'healthStatus metadata loadBalancingWeight' },
          {
            endpoint: shape('Endpoint', { read: 'address hostname' }),
          },
        ),
      },
    ),
  },
);

const options = shape(
  'HttpProtocolOptions',
  { read: '' },
  {
    commonHttpProtocolOptions: shape('HttpProtocolOptions', {
      read: 'idleTimeout maxConnectionDuration maxRequestsPerConnection',
    }),
    upstreamHttpProtocolOptions: shape('UpstreamHttpProtocolOptions', { read: 'autoSni autoSanValidation' }),
    explicitHttpConfig: shape('ExplicitHttpConfig', { read: 'httpProtocolOptions http2ProtocolOptions' }),
    useDownstreamProtocolConfig: shape('UseDownstreamHttpConfig', { read: 'httpProtocolOptions http2ProtocolOptions' }),
  },
);

export const clusterShape = shape(
  'Cluster',
  {
    // What cluster.ts reports itself counts as read.
    read: `name altStatName type clusterType edsClusterConfig connectTimeout lbPolicy lbSubsetConfig healthChecks
      loadBalancingPolicy originalDstLbConfig maglevLbConfig ringHashLbConfig metadata`,
    // Names are resolved anew each time, connections cost nothing, and the filters are Istio's metadata exchange.
    idle: `dnsLookupFamily dnsRefreshRate dnsJitter respectDnsTtl typedDnsResolverConfig cleanupInterval filters
      perConnectionBufferLimitBytes upstreamConnectionOptions upstreamBindConfig trackClusterStats observabilityName`,
  },
  {
    loadAssignment: assignmentShape,
    transportSocket: sockets,
    transportSocketMatches: shape('TransportSocketMatch', { read: 'name match' }, { transportSocket: sockets }),
    circuitBreakers: shape(
      'CircuitBreakers',
      { read: '' },
      {
        thresholds: shape('Thresholds', {
          read: 'priority maxConnections maxPendingRequests maxRequests maxRetries retryBudget',
          idle: 'trackRemaining',
        }),
      },
    ),
    commonLbConfig: shape('CommonLbConfig', {
      read: 'healthyPanicThreshold localityWeightedLbConfig consistentHashingLbConfig',
    }),
    roundRobinLbConfig: shape('RoundRobinLbConfig', { read: '' }, { slowStartConfig: slowStart }),
    leastRequestLbConfig: shape(
      'LeastRequestLbConfig',
      { read: 'choiceCount activeRequestBias' },
      { slowStartConfig: slowStart },
    ),
    outlierDetection: shape('OutlierDetection', {
      read: `consecutive5xx interval baseEjectionTime maxEjectionPercent enforcingConsecutive5xx enforcingSuccessRate
        successRateMinimumHosts successRateRequestVolume successRateStdevFactor consecutiveGatewayFailure
        enforcingConsecutiveGatewayFailure splitExternalLocalOriginErrors consecutiveLocalOriginFailure
        enforcingConsecutiveLocalOriginFailure enforcingLocalOriginSuccessRate failurePercentageThreshold
        enforcingFailurePercentage enforcingFailurePercentageLocalOrigin failurePercentageMinimumHosts
        failurePercentageRequestVolume maxEjectionTime maxEjectionTimeJitter alwaysEjectOneHost`,
    }),
    typedExtensionProtocolOptions: shape(
      'typed options',
      { read: '' },
      {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': byType({
          'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': options,
        }),
      },
    ),
  },
);
