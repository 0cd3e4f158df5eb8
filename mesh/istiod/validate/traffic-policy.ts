import type { Field, Finding } from '../../kube/schema/field.ts';
import { clientTlsFindings } from './client-tls.ts';
import { percentFindings, unless } from './common.ts';
import { durationFindings, nanoseconds } from './duration.ts';
import { loadBalancerFindings } from './load-balancer.ts';
import { fqdnError, isIp, portError } from './names.ts';

const parts = ['outlierDetection', 'connectionPool', 'loadBalancer', 'tls'];

/** A traffic policy of a rule or of a subset (validateTrafficPolicy). */
export function trafficPolicyFindings(policy: Field, namespace: string): Finding[] {
  if (!policy.present) return [];
  const all = [...parts, 'portLevelSettings', 'tunnel', 'proxyProtocol', 'retryBudget'];
  if (!all.some((name) => policy.get(name).present))
    return [policy.error('traffic policy must have at least one field')];
  if (policy.get('tunnel').present && policy.get('proxyProtocol').present) {
    return [policy.error('tunnel and proxyProtocol must not be set together')];
  }
  return [
    ...settings(policy, namespace),
    ...policy
      .get('portLevelSettings')
      .items()
      .flatMap((port) => portPolicy(port, namespace)),
    ...tunnelFindings(policy.get('tunnel')),
  ];
}

function portPolicy(policy: Field, namespace: string): Finding[] {
  const some = parts.some((name) => policy.get(name).present);
  return [
    ...policy.when(!policy.get('port').present, 'portTrafficPolicy must have valid port'),
    // istiod drops the warnings of a port (validatePortTrafficPolicies returns an error only).
    ...(some
      ? settings(policy, namespace).filter((f) => !f.warning)
      : [policy.error('port traffic policy must have at least one field')]),
  ];
}

const settings = (policy: Field, namespace: string): Finding[] => [
  ...outlierFindings(policy.get('outlierDetection')),
  ...connectionPoolFindings(policy.get('connectionPool')),
  ...loadBalancerFindings(policy.get('loadBalancer'), policy.get('outlierDetection')),
  ...clientTlsFindings(policy.get('tls'), namespace),
];

function outlierFindings(outlier: Field): Finding[] {
  const old = outlier.get('consecutiveErrors');
  const local = outlier.get('consecutiveLocalOriginFailures');
  const deprecated =
    'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead';
  return [
    ...durationFindings(outlier.get('baseEjectionTime')),
    ...(old.number === 0 ? [] : [old.warn(deprecated)]),
    ...local.when(
      local.number > 0 && !outlier.get('splitExternalLocalOriginErrors').true,
      'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false',
    ),
    ...durationFindings(outlier.get('interval')),
    ...percentFindings(outlier.get('maxEjectionPercent')),
    ...percentFindings(outlier.get('minHealthPercent')),
  ];
}

const counts = {
  http1MaxPendingRequests: 'http1 max pending requests',
  http2MaxRequests: 'http2 max requests',
  maxRequestsPerConnection: 'max requests per connection',
  maxRetries: 'max retries',
  maxConcurrentStreams: 'max concurrent streams',
};

export function connectionPoolFindings(pool: Field): Finding[] {
  if (!pool.present) return [];
  const [http, tcp] = [pool.get('http'), pool.get('tcp')];
  if (!http.present && !tcp.present) return [pool.error('connection pool must have at least one field')];
  const upgrade = http.get('h2UpgradePolicy').text === 'UPGRADE' && http.get('useClientProtocol').true;
  return [
    ...Object.entries(counts).flatMap(([name, words]) => notNegative(http.get(name), words)),
    ...durationFindings(http.get('idleTimeout')),
    ...http.when(upgrade, 'use client protocol must not be true when H2UpgradePolicy is UPGRADE'),
    ...keepAliveFindings(http.get('http2KeepAlive')),
    ...notNegative(tcp.get('maxConnections'), 'max connections'),
    ...['connectTimeout', 'maxConnectionDuration'].flatMap((name) => durationFindings(tcp.get(name))),
    ...idleFindings(tcp.get('idleTimeout')),
    ...['time', 'interval'].flatMap((name) => durationFindings(tcp.get('tcpKeepalive').get(name))),
  ];
}

const notNegative = (field: Field, words: string) => field.when(field.number < 0, `${words} must be non-negative`);

/** Less than 1 ms (so 0) switches the timeout off. */
function idleFindings(timeout: Field): Finding[] {
  const value = nanoseconds(timeout.text) ?? 0n;
  return value / 1_000_000n === 0n ? [] : durationFindings(timeout);
}

function keepAliveFindings(keepAlive: Field): Finding[] {
  if (!keepAlive.present) return [];
  return ['interval', 'timeout'].flatMap((name) => {
    const field = keepAlive.get(name);
    return field.present ? durationFindings(field) : [keepAlive.error(`http2 keepalive ${name} is required`)];
  });
}

function tunnelFindings(tunnel: Field): Finding[] {
  if (!tunnel.present) return [];
  const host = tunnel.get('targetHost');
  const noName = fqdnError(host.text);
  const wrongHost = noName !== undefined && !isIp(host.text);
  const port = portError(tunnel.get('targetPort').number);
  const protocol = tunnel.get('protocol');
  return [
    ...protocol.when(!['', 'CONNECT', 'POST'].includes(protocol.text), 'tunnel protocol must be "CONNECT" or "POST"'),
    ...host.when(
      wrongHost,
      `tunnel target host must be valid FQDN or IP address: ${noName}; ${host.text} is not a valid IP`,
    ),
    ...unless(tunnel.get('targetPort'), port && `tunnel target port is invalid: ${port}`),
  ];
}
