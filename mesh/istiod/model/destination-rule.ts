import type { Config } from './config.ts';
import { bool, duration, list, map, num, obj, type Shape, str } from './shape.ts';

/** networking.istio.io/v1 DestinationRule. Durations are nanoseconds. */
export const clientTls = obj({
  mode: str,
  clientCertificate: str,
  privateKey: str,
  caCertificates: str,
  credentialName: str,
  subjectAltNames: list(str),
  sni: str,
  insecureSkipVerify: bool,
  caCrl: str,
});
export type ClientTls = Shape<typeof clientTls>;

export const tcpKeepalive = obj({ probes: num, time: duration, interval: duration });
export type TcpKeepalive = Shape<typeof tcpKeepalive>;

export const connectionPool = obj({
  tcp: obj({
    maxConnections: num,
    connectTimeout: duration,
    tcpKeepalive,
    maxConnectionDuration: duration,
    idleTimeout: duration,
  }),
  http: obj({
    http1MaxPendingRequests: num,
    http2MaxRequests: num,
    maxRequestsPerConnection: num,
    maxRetries: num,
    idleTimeout: duration,
    h2UpgradePolicy: str,
    useClientProtocol: bool,
    maxConcurrentStreams: num,
    http2KeepAlive: obj({ interval: duration, timeout: duration }),
  }),
});
export type ConnectionPool = Shape<typeof connectionPool>;

export const outlierDetection = obj({
  consecutiveErrors: num,
  splitExternalLocalOriginErrors: bool,
  consecutiveLocalOriginFailures: num,
  consecutiveGatewayErrors: num,
  consecutive5xxErrors: num,
  interval: duration,
  baseEjectionTime: duration,
  maxEjectionPercent: num,
  minHealthPercent: num,
  outlierDetectionHttpErrorCodes: list(num),
});
export type OutlierDetection = Shape<typeof outlierDetection>;

const failover = list(obj({ from: str, to: str }));
export const localityLbSetting = obj({
  distribute: list(obj({ from: str, to: map(num) })),
  failover,
  failoverPriority: list(str),
  enabled: bool,
});
export type LocalityLbSetting = Shape<typeof localityLbSetting>;

export const zoneAwareLbSetting = obj({
  enabled: bool,
  failover,
  failoverPriority: list(str),
  minClusterSize: num,
});
export type ZoneAwareLbSetting = Shape<typeof zoneAwareLbSetting>;

const consistentHash = obj({
  httpHeaderName: str,
  httpCookie: obj({ name: str, path: str, ttl: duration, attributes: list(obj({ name: str, value: str })) }),
  useSourceIp: bool,
  httpQueryParameterName: str,
  ringHash: obj({ minimumRingSize: num }),
  maglev: obj({ tableSize: num }),
  minimumRingSize: num,
});
export type ConsistentHash = Shape<typeof consistentHash>;

export const loadBalancer = obj({
  simple: str,
  consistentHash,
  localityLbSetting,
  zoneAwareLbSetting,
  warmupDurationSecs: duration,
  warmup: obj({ duration, minimumPercent: num, aggression: num }),
});
export type LoadBalancer = Shape<typeof loadBalancer>;

const policyFields = { loadBalancer, connectionPool, outlierDetection, tls: clientTls };
const portPolicy = obj({ port: obj({ number: num }), ...policyFields });

export const trafficPolicy = obj({
  ...policyFields,
  portLevelSettings: list(portPolicy),
  tunnel: obj({ protocol: str, targetHost: str, targetPort: num }),
  proxyProtocol: obj({ version: str }),
  retryBudget: obj({ percent: num, minRetryConcurrency: num, budgetInterval: duration }),
});
export type TrafficPolicy = Shape<typeof trafficPolicy>;

const subset = obj({ name: str, labels: map(str), trafficPolicy });
export type Subset = Shape<typeof subset>;

export const destinationRule = obj({
  host: str,
  trafficPolicy,
  subsets: list(subset),
  exportTo: list(str),
  workloadSelector: obj({ matchLabels: map(str) }),
});
export type DestinationRule = Shape<typeof destinationRule>;

/** One rule after merging those of the same host, visibility and selector; `from` lists whence it came. */
export interface MergedDestinationRule {
  config: Config<DestinationRule>;
  exportTo: ReadonlySet<string>;
  from: readonly string[];
}
