import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { chance, type Feature, istio, pick, type Slot } from '../feature.ts';
import { ask, inTurn, type Recipe, some, virtualService } from '../parts.ts';

/*
 * All cases share the pods, so every rule is bound to the host of its slot, and every case allows its own host what it
 * does not look at: otherwise the first ALLOW policy of another case would deny it.
 */

const paths = ['/', '/a', '/a/b', '/b', '/ab?x=/b', '/A', '/a/../b', '/x/y/z'];
const pathRules = ['/', '/a', '/a*', '*/b', '*', '/A', '/{*}/b', '/x/{**}', '/b'];
const methods = ['GET', 'POST', 'DELETE', 'HEAD'];
const values = ['a', 'ab', 'b', 'A'];
const valueRules = ['a', 'a*', '*b', '*', 'A'];
const client = 'cluster.local/ns/diff/sa/client';
const principals = [
  client,
  'cluster.local/ns/alien/sa/other',
  '*/sa/client',
  'cluster.local/ns/alien/*',
  '*',
  'nobody',
];
const blocks = ['10.244.0.1', '10.244.0.0/24', '10.244.0.2/32', '10.0.0.0/8', '1.2.3.0/24', '0.0.0.0/0'];

const list = (random: Random, from: readonly string[]): string[] => {
  const found = some(random, from, 0.3);
  return found.length > 0 ? found : [pick(random, from)];
};

const operation = (slot: Slot, random: Random): JsonObject => ({
  hosts: [pick(random, [slot.host, `${slot.name}.*`])],
  ...(chance(random, 0.5) ? { paths: list(random, pathRules) } : {}),
  ...(chance(random, 0.2) ? { notPaths: list(random, pathRules.slice(0, 4)) } : {}),
  ...(chance(random, 0.3) ? { methods: list(random, [...methods, '*']) } : {}),
  ...(chance(random, 0.2) ? { notMethods: list(random, methods) } : {}),
  ...(chance(random, 0.2) ? { ports: list(random, ['8080', '80', '9000']) } : {}),
  ...(chance(random, 0.1) ? { notPorts: ['80'] } : {}),
});

const source = (random: Random): JsonObject =>
  pick(random, [
    { principals: list(random, principals) },
    { notPrincipals: list(random, principals) },
    { namespaces: list(random, ['diff', 'alien', 'al*', '*']) },
    { notNamespaces: list(random, ['diff', 'alien']) },
    { ipBlocks: list(random, blocks) },
    { notIpBlocks: list(random, blocks) },
    { remoteIpBlocks: list(random, blocks) },
    { principals: list(random, principals), ipBlocks: list(random, blocks) },
    { serviceAccounts: list(random, ['diff/client', 'client', 'alien/other']) },
  ]);

const condition = (random: Random): JsonObject => {
  const of = pick(random, [
    { key: 'request.headers[x-user]', from: valueRules },
    { key: 'request.headers[user-agent]', from: valueRules },
    { key: 'source.ip', from: blocks },
    { key: 'remote.ip', from: blocks },
    { key: 'source.namespace', from: ['diff', 'alien', 'plain'] },
    { key: 'source.principal', from: principals },
    { key: 'destination.ip', from: ['10.244.1.1', '10.244.1.0/24', '10.96.0.1'] },
    { key: 'destination.port', from: ['8080', '80'] },
    { key: 'connection.sni', from: ['outbound_.80_._.app-v1.diff.svc.cluster.local', '*.cluster.local', 'x'] },
    { key: 'request.auth.claims[a]', from: valueRules },
  ]);
  return { key: of.key, [chance(random, 0.7) ? 'values' : 'notValues']: list(random, of.from) };
};

const rule = (slot: Slot, random: Random): JsonObject => ({
  to: Array.from({ length: pick(random, [1, 1, 2]) }, () => ({ operation: operation(slot, random) })),
  ...(chance(random, 0.5) ? { from: [{ source: source(random) }] } : {}),
  ...(chance(random, 0.4) ? { when: [condition(random)] } : {}),
});

const policy = (name: string, action: string, rules: JsonObject[], dryRun = false): JsonObject => {
  const object = istio('AuthorizationPolicy', name, {
    selector: { matchLabels: { app: 'app', version: 'v1' } },
    action,
    rules,
  });
  const annotations = { 'istio.io/dry-run': 'true' };
  return dryRun ? { ...object, metadata: { ...(object.metadata as JsonObject), annotations } } : object;
};

const requests = (slot: Slot, random: Random) =>
  [1, 2, 3, 4, 5].map(() =>
    ask(slot, {
      from: pick(random, ['client', 'client', 'other', 'legacy']),
      to: '10.96.1.1:80',
      method: pick(random, methods),
      path: pick(random, paths),
      headers: [
        ...(chance(random, 0.6) ? ([['x-user', pick(random, values)]] as const) : []),
        ...(chance(random, 0.2) ? ([['user-agent', pick(random, values)]] as const) : []),
        ...(chance(random, 0.2)
          ? ([['x-forwarded-for', pick(random, ['1.2.3.4', '10.244.0.9, 8.8.8.8'])]] as const)
          : []),
      ],
    }),
  );

const withPolicies =
  (what: string, policies: (slot: Slot, random: Random) => JsonObject[]): Recipe =>
  (slot, random) => {
    const objects = policies(slot, random);
    return {
      name: `${what} ${JSON.stringify(objects.map((o) => o.spec))}`,
      objects: [virtualService(slot, [{}]), ...objects],
      requests: requests(slot, random),
    };
  };

const rules = (slot: Slot, random: Random): JsonObject[] =>
  Array.from({ length: pick(random, [1, 1, 2, 3]) }, () => rule(slot, random));
const open = (slot: Slot): JsonObject =>
  policy(`${slot.name}-open`, 'ALLOW', [{ to: [{ operation: { hosts: [slot.host] } }] }]);

export const rbacHttp: Feature = {
  id: 'rbac-http',
  title: 'authorization of HTTP: ALLOW, DENY, AUDIT, dry run, all conditions',
  cases: inTurn([
    withPolicies('ALLOW', (slot, random) => [policy(slot.name, 'ALLOW', rules(slot, random))]),
    withPolicies('DENY', (slot, random) => [open(slot), policy(slot.name, 'DENY', rules(slot, random))]),
    withPolicies('ALLOW and DENY', (slot, random) => [
      policy(`${slot.name}-a`, 'ALLOW', rules(slot, random)),
      policy(`${slot.name}-d`, 'DENY', rules(slot, random)),
    ]),
    withPolicies('two of ALLOW', (slot, random) => [
      policy(`${slot.name}-1`, 'ALLOW', rules(slot, random)),
      policy(`${slot.name}-2`, 'ALLOW', rules(slot, random)),
    ]),
    withPolicies('AUDIT', (slot, random) => [open(slot), policy(slot.name, 'AUDIT', rules(slot, random))]),
    withPolicies('dry run', (slot, random) => [
      open(slot),
      policy(slot.name, pick(random, ['ALLOW', 'DENY']), rules(slot, random), true),
      policy(`${slot.name}-d`, 'DENY', [rule(slot, random)]),
    ]),
  ]),
};
