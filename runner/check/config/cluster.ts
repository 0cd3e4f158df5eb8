import type { JsonObject } from '../../../mesh/json.ts';
import type { ConfigFacts } from '../../lab/schema/facts.ts';
import { clusters, deep, list, text } from './dump.ts';
import type { ConfigFact } from './fact.ts';

type ClusterFacts = NonNullable<ConfigFacts['cluster']>;

export const cluster: ConfigFact<ClusterFacts> = {
  name: 'cluster',
  describe: ({ name, absent, lbPolicy, mtls }) =>
    [
      absent ? `no cluster ${name}` : `cluster ${name}`,
      lbPolicy,
      mtls !== undefined && (mtls ? 'with mutual TLS' : 'without mutual TLS'),
    ]
      .filter(Boolean)
      .join(', '),
  faults: (proxy, facts) => {
    const found = clusters(proxy).find((c) => text(c, 'name') === facts.name);
    if (facts.absent) return found ? [`it has the cluster ${facts.name}`] : [];
    if (!found) return [`it has no cluster ${facts.name}`];
    // Envoy leaves out a policy that has its default value, ROUND_ROBIN (cluster.proto).
    const policy = text(found, 'lbPolicy') || 'ROUND_ROBIN';
    return [
      ...(facts.lbPolicy && policy !== facts.lbPolicy ? [`its lbPolicy is ${policy}`] : []),
      ...(facts.mtls !== undefined && speaksMtls(found) !== facts.mtls
        ? [`it is ${facts.mtls ? 'without' : 'with'} mutual TLS`]
        : []),
    ];
  },
};

/** Auto mTLS is a transport socket match on tlsMode; ISTIO_MUTUAL set by a DestinationRule is the transport socket itself. */
function speaksMtls(found: JsonObject): boolean {
  const sockets = [
    deep(found, 'transportSocket'),
    ...list(found, 'transportSocketMatches').map((m) => deep(m, 'transportSocket')),
  ];
  return sockets.some((socket) => {
    const secrets = list(deep(socket, 'typedConfig', 'commonTlsContext'), 'tlsCertificateSdsSecretConfigs');
    return secrets.some((secret) => text(secret, 'name') === 'default');
  });
}
