import { byCreation, type Config, compareText, keyOf } from '../../model/config.ts';
import { INVALID_CREDENTIAL } from '../../model/credential.ts';
import type { ClientTls, DestinationRule } from '../../model/destination-rule.ts';
import type { BackendTarget, BackendTlsPolicy } from '../../model/kubernetes-gateway.ts';
import type { Intake } from '../read.ts';
import { type Conditions, type ConfigError, good } from './conditions.ts';
import { ISTIO_GROUP } from './references.ts';
import { rootsIn } from './secrets.ts';
import { GENERATED, INTERNAL_PARENTS } from './translated.ts';
import { type GatewayWorld, type NamedPort, serviceHost } from './world.ts';

/** A policy with what its status says of each of its targets. */
export interface BackendTlsResult {
  config: Config<BackendTlsPolicy>;
  targets: { target: BackendTarget; conditions: Conditions; found: boolean }[];
  ignored: boolean;
}

interface Setting {
  policy: Config<BackendTlsPolicy>;
  target: BackendTarget;
  host: string;
  ports: readonly NamedPort[];
  tls: ClientTls;
}

/** BackendTLSPolicies as DestinationRules, one for each host (DestinationRuleCollection in istio gateway/backend_policies.go). */
export function translateBackendTls(
  policies: readonly Config<BackendTlsPolicy>[],
  world: GatewayWorld,
  intake: Intake,
): { rules: Config<DestinationRule>[]; results: BackendTlsResult[] } {
  const ignores = (c: Config<BackendTlsPolicy>) =>
    c.annotations['istio.io/ignore-policy-attachment']?.toLowerCase() === 'true';
  const active = policies.filter((p) => !ignores(p));
  const settings: Setting[] = [];
  const results = policies.map((config): BackendTlsResult => {
    const ignored = ignores(config);
    const targets = (config.spec.targetRefs ?? []).map((target) => {
      if (ignored) return { target, conditions: ignoredConditions(), found: false };
      const read = readTarget(config, target, { world, active });
      settings.push(...read.settings);
      return { target, conditions: read.conditions, found: read.found };
    });
    return { config, targets, ignored };
  });
  return { rules: mergedRules(settings, intake), results };
}

const ignoredConditions = (): Conditions => {
  const error = {
    reason: 'IgnoredByIstio',
    message: 'Ignored by Istio due to annotation istio.io/ignore-policy-attachment=true',
  };
  return { Accepted: { reason: 'Accepted', message: 'Configuration is valid', error } };
};

function readTarget(
  policy: Config<BackendTlsPolicy>,
  target: BackendTarget,
  { world, active }: { world: GatewayWorld; active: readonly Config<BackendTlsPolicy>[] },
): { conditions: Conditions; found: boolean; settings: Setting[] } {
  const { tls, conditions } = clientTls(policy, world);
  const backend = backendOf(policy.namespace, target, world);
  const accepted = conditions.Accepted;
  if (typeof backend === 'string') {
    const error = { reason: 'TargetNotFound', message: `targetRefs invalid: ${backend}` };
    return {
      conditions: { ...conditions, ...(accepted ? { Accepted: { ...accepted, error } } : {}) },
      found: false,
      settings: [],
    };
  }
  const winner = active.find(
    (other) => other.uid !== policy.uid && goesBefore(other, policy) && targets(other, policy, target),
  );
  if (winner && accepted) {
    const message = `Conflicts with BackendTLSPolicy "${winner.name}" targeting the same backend`;
    const error = { reason: 'Conflicted', message };
    return { conditions: { ...conditions, Accepted: { ...accepted, error } }, found: true, settings: [] };
  }
  const settings = backend.hosts.map((host) => ({ policy, target, host, ports: backend.ports, tls }));
  return { conditions, found: true, settings };
}

/** The older, then the first by name (btlsHasHigherPriority). */
const goesBefore = (a: Config<BackendTlsPolicy>, b: Config<BackendTlsPolicy>): boolean =>
  a.created !== b.created ? a.created < b.created : a.name < b.name;
const targets = (a: Config<BackendTlsPolicy>, b: Config<BackendTlsPolicy>, target: BackendTarget): boolean =>
  a.namespace === b.namespace &&
  (a.spec.targetRefs ?? []).some((t) =>
    (['group', 'kind', 'name', 'sectionName'] as const).every((field) => t[field] === target[field]),
  );

/** Hosts and ports of a target, or what is wrong with it. */
function backendOf(
  namespace: string,
  { group = '', kind = '', name = '', sectionName }: BackendTarget,
  world: GatewayWorld,
): { hosts: readonly string[]; ports: readonly NamedPort[] } | string {
  const key = `${namespace}/${name}`;
  const entry = group === ISTIO_GROUP && kind === 'ServiceEntry';
  if (!entry && !(group === '' && kind === 'Service')) {
    const other = group === '' && (kind === 'ConfigMap' || kind === 'Secret');
    return other ? `unsupported reference kind: ${kind}` : `unsupported kind ${kind}`;
  }
  const own = entry ? world.entries.get(key) : undefined;
  const ports = entry ? own?.ports?.map((p) => ({ name: p.name ?? '', port: p.number ?? 0 })) : world.services.get(key);
  if (entry ? !own : !ports) return `reference ${key} (of kind ${kind}) not found`;
  if (sectionName && !ports?.some((p) => p.name === sectionName))
    return `sectionName "${sectionName}" does not exist in ${kind} ${key}`;
  return { hosts: entry ? (own?.hosts ?? []) : [serviceHost(name, namespace)], ports: ports ?? [] };
}

function clientTls(
  { namespace, spec }: Config<BackendTlsPolicy>,
  world: GatewayWorld,
): { tls: ClientTls; conditions: Conditions } {
  const { hostname = '', subjectAltNames = [] } = spec.validation ?? {};
  const conditions: Conditions = {
    Accepted: good('Accepted', 'Configuration is valid'),
    ResolvedRefs: good('ResolvedRefs', 'Configuration is valid'),
  };
  const names = subjectAltNames.flatMap((n) =>
    n.type === 'Hostname' ? [n.hostname ?? ''] : n.type === 'URI' ? [n.uri ?? ''] : [],
  );
  const credentialName = authorities(namespace, spec, { world, conditions });
  const tls: ClientTls = {
    mode: 'SIMPLE',
    sni: hostname,
    ...(names.length > 0 ? { subjectAltNames: names } : {}),
    ...(credentialName ? { credentialName } : {}),
  };
  return { tls, conditions };
}

/** Whose certificates are believed (getBackendTLSCredentialName); what cannot be found blocks the traffic. */
function authorities(
  namespace: string,
  { validation = {} }: BackendTlsPolicy,
  { world, conditions }: { world: GatewayWorld; conditions: Conditions },
): string {
  const { wellKnownCACertificates: known, caCertificateRefs = [] } = validation;
  const fail = (type: string, error: ConfigError) => {
    const condition = conditions[type];
    if (condition) condition.error = error;
  };
  if (known !== undefined) {
    if (known !== 'System')
      fail('Accepted', { reason: 'Invalid', message: `Unknown wellKnownCACertificates: ${known}` });
    return '';
  }
  const [ref] = caCertificateRefs;
  if (!ref) return '';
  if (caCertificateRefs.length > 1 && conditions.Accepted)
    conditions.Accepted.message += '; warning: only the first caCertificateRefs will be used';
  const found = rootsOf(namespace, ref, world);
  if (typeof found === 'string') return found;
  fail('ResolvedRefs', found.error);
  fail('Accepted', { reason: 'NoValidCACertificate', message: `Certificate reference invalid: ${found.why}` });
  return INVALID_CREDENTIAL;
}

function rootsOf(
  namespace: string,
  { group = '', kind = '', name = '' }: BackendTarget,
  world: GatewayWorld,
): string | { error: ConfigError; why: string } {
  const problem = (reason: string, words: string, why: string) => ({
    why,
    error: { reason, message: `${words}: ${why}` },
  });
  const key = `${namespace}/${name}`;
  if (group !== '' || !['ConfigMap', 'Secret', 'Service'].includes(kind))
    return problem('InvalidKind', 'Certificate reference not supported', `unsupported kind ${kind}`);
  const exists = { ConfigMap: world.configMaps, Secret: world.secrets, Service: world.services }[kind]?.has(key);
  if (!exists)
    return problem(
      'InvalidCACertificateRef',
      'Certificate reference not found',
      `reference ${key} (of kind ${kind}) not found`,
    );
  if (kind !== 'ConfigMap')
    return problem('InvalidKind', 'Certificate reference invalid', `unsupported reference kind: ${kind}`);
  const roots = rootsIn(world.configMaps.get(key) ?? {});
  if (typeof roots === 'string') return problem('InvalidCACertificateRef', 'Certificate invalid', roots);
  return `configmap://${key}`;
}

/** Policies of one host are one rule, of which the oldest decides each port. */
function mergedRules(settings: readonly Setting[], { provenance }: Intake): Config<DestinationRule>[] {
  const byHost = new Map<string, Setting[]>();
  for (const setting of settings) {
    const key = `${setting.target.kind} ${setting.policy.namespace}/${setting.target.name} ${setting.host}`;
    byHost.set(key, [...(byHost.get(key) ?? []), setting]);
  }
  return [...byHost.values()].flatMap((same) => {
    const sorted = [...same].sort(
      (a, b) =>
        a.policy.created - b.policy.created ||
        compareText(keyOf(a.policy), keyOf(b.policy)) ||
        byCreation(a.policy, b.policy),
    );
    const [first] = sorted;
    if (!first) return [];
    const { host, policy, target } = first;
    const entry = target.kind === 'ServiceEntry' ? `~${host.replaceAll('.', '-')}` : '';
    const name = `${target.name ?? ''}${entry}~${GENERATED}`;
    const spec: DestinationRule = { host, trafficPolicy: trafficPolicy(sorted) };
    const origin = { kind: policy.kind, namespace: policy.namespace, name: policy.name, field: 'spec.validation' };
    for (const node of [spec, spec.trafficPolicy]) if (node) provenance.set(node, origin);
    const parents = new Set(sorted.map((s) => `BackendTLSPolicy/${s.policy.namespace}.${s.policy.name}`));
    const annotations = { [INTERNAL_PARENTS]: [...parents].join() };
    // Without a time of creation it goes before all others, as in istiod.
    return [{ ...policy, kind: 'DestinationRule', name, created: 0, annotations, labels: {}, spec }];
  });
}

function trafficPolicy(settings: readonly Setting[]): NonNullable<DestinationRule['trafficPolicy']> {
  const whole = settings.find((s) => !s.target.sectionName)?.tls;
  const ports = new Map<number, ClientTls>();
  for (const { target, ports: known, tls } of settings) {
    const port = target.sectionName ? known.find((p) => p.name === target.sectionName)?.port : undefined;
    if (port !== undefined && !ports.has(port)) ports.set(port, tls);
  }
  const portLevelSettings = [...ports].sort(([a], [b]) => a - b).map(([number, tls]) => ({ port: { number }, tls }));
  return { ...(whole ? { tls: whole } : {}), ...(portLevelSettings.length > 0 ? { portLevelSettings } : {}) };
}
