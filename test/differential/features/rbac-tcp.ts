import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, chance, type Feature, istio, type PodSpec, pick, type Slot, type TcpRequest } from '../feature.ts';

/*
 * A connection says nothing that would tell cases apart, so each kind of policy has a pod of its own, and the cases are
 * who calls it, how, and on which port.
 */

const client = 'cluster.local/ns/diff/sa/client';
const other = 'cluster.local/ns/alien/sa/other';

interface Kind {
  what: string;
  action: 'ALLOW' | 'DENY' | 'AUDIT';
  rules: JsonObject[];
  dryRun?: boolean;
}

const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });
const to = (operation: JsonObject): JsonObject => ({ to: [{ operation }] });
const when = (key: string, values: string[], not = false): JsonObject => ({
  when: [{ key, [not ? 'notValues' : 'values']: values }],
});

const kinds: readonly Kind[] = [
  { what: 'principals', action: 'ALLOW', rules: [{ ...from({ principals: [client] }), ...to({ ports: ['9000'] }) }] },
  { what: 'not principals', action: 'DENY', rules: [from({ notPrincipals: [client, other] })] },
  { what: 'namespaces', action: 'ALLOW', rules: [from({ namespaces: ['al*'] }), from({ ipBlocks: ['10.244.0.3'] })] },
  { what: 'not an address', action: 'DENY', rules: [from({ notIpBlocks: ['10.244.0.1', '10.244.0.3/32'] })] },
  { what: 'a method denies by its port', action: 'DENY', rules: [to({ ports: ['9000'], methods: ['GET'] })] },
  { what: 'a path allows nobody', action: 'ALLOW', rules: [to({ paths: ['/'] })] },
  { what: 'another port', action: 'ALLOW', rules: [to({ ports: ['8080'] })] },
  {
    what: 'conditions',
    action: 'ALLOW',
    rules: [
      { ...when('source.namespace', ['diff']), ...to({ ports: ['9000'] }) },
      when('source.principal', ['*/sa/other']),
      when('destination.ip', ['10.244.9.99']),
    ],
  },
  { what: 'SNI', action: 'DENY', rules: [when('connection.sni', ['*'], true)] },
  { what: 'nobody at all', action: 'ALLOW', rules: [] },
  { what: 'dry run', action: 'DENY', rules: [{}], dryRun: true },
  { what: 'AUDIT', action: 'AUDIT', rules: [from({ principals: ['*'] })] },
];

const podOf = (n: number): PodSpec => ({
  name: `guarded-${n}`,
  namespace: 'diff',
  ip: `10.244.3.${n + 1}`,
  serviceAccount: `guarded-${n}`,
  labels: { app: `guarded-${n}` },
});

/** After the apps of every mesh, which have the first two addresses. */
const vipOf = (n: number): string => `10.96.1.${n + 3}`;

const policyOf = ({ action, rules, dryRun }: Kind, n: number): JsonObject => {
  const selector = { matchLabels: { app: `guarded-${n}` } };
  const policy = istio('AuthorizationPolicy', `guard-${n}`, { selector, action, ...(rules.length ? { rules } : {}) });
  const annotations = { 'istio.io/dry-run': 'true' };
  return dryRun ? { ...policy, metadata: { ...(policy.metadata as JsonObject), annotations } } : policy;
};

const request = (random: Random, n: number): TcpRequest => {
  const sender = pick(random, ['client', 'other', 'legacy', 'client']);
  const address = sender === 'legacy' || chance(random, 0.3) ? podOf(n).ip : vipOf(n);
  return {
    kind: 'tcp',
    from: sender,
    to: `${address}:9000`,
    send: pick(random, ['hello', 'something else']),
  };
};

/** Half of the kinds in each, because every pod is an Envoy. */
const half = (which: 0 | 1): Feature => {
  const chosen = kinds.filter((_, n) => n % 2 === which);
  return {
    id: `rbac-tcp-${which + 1}`,
    title: `authorization of TCP: ${chosen.map((k) => k.what).join(', ')}`,
    pods: chosen.map((_, n) => podOf(n)),
    shared: chosen.map(policyOf),
    cases: (random, count, slot) => Array.from({ length: count }, (_, i): Case => caseOf(random, chosen, slot(i))),
  };
};

/**
 * A verdict falls with the first bytes, when the app may have spoken already or not: whether they come back is compared,
 * and that often enough for the exact test.
 */
function caseOf(random: Random, chosen: readonly Kind[], { index }: Slot): Case {
  const n = index % chosen.length;
  const asked = request(random, n);
  return {
    name: `${chosen[n]?.what}: ${asked.from} to ${asked.to}`,
    objects: [],
    requests: Array.from({ length: 18 }, () => asked),
    spread: ({ body }) => (body.endsWith(asked.send) ? 'let in' : 'refused'),
  };
}

export const rbacTcp1 = half(0);
export const rbacTcp2 = half(1);
