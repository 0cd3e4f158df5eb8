import type { JsonObject } from '../../../json.ts';
import type { MeshConfig } from '../../mesh-config.ts';
import type { LoadBalancer, LocalityLbSetting, ZoneAwareLbSetting } from '../../model/destination-rule.ts';
import { type Labels, splitLocality } from '../../model/labels.ts';
import type { Endpoint, Service } from '../../model/service.ts';

/** Which rule spreads requests over localities. */
export type Locality =
  | { kind: 'locality'; setting: LocalityLbSetting; force: boolean }
  | { kind: 'zoneAware'; setting: ZoneAwareLbSetting };

const network = 'topology.istio.io/network';
const near = [network, 'topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];
const nearest = [...near, 'topology.istio.io/subzone', 'kubernetes.io/hostname'];

/** DestinationRule, then the Service's trafficDistribution, then the mesh (GetEffectiveLbSetting in istio networking/core/loadbalancer). */
export function effectiveLocality(
  mesh: MeshConfig,
  lb: LoadBalancer | undefined,
  service: Service,
): Locality | undefined {
  const enabled = (setting: LocalityLbSetting): Locality | undefined =>
    setting.enabled === false ? undefined : { kind: 'locality', setting, force: false };
  if (lb?.zoneAwareLbSetting) return { kind: 'zoneAware', setting: lb.zoneAwareLbSetting };
  if (lb?.localityLbSetting) return enabled(lb.localityLbSetting);
  if (service.trafficDistribution !== 'Any') {
    const failoverPriority = service.trafficDistribution === 'PreferSameNode' ? nearest : near;
    return { kind: 'locality', setting: { enabled: true, failoverPriority }, force: true };
  }
  if (mesh.zoneAwareLbSetting) return { kind: 'zoneAware', setting: mesh.zoneAwareLbSetting };
  return mesh.localityLbSetting && enabled(mesh.localityLbSetting);
}

/** Endpoints of one locality, and Envoy's view of each. */
export interface LocalityGroup {
  locality: string;
  endpoints: readonly Endpoint[];
  lbEndpoints: readonly JsonObject[];
  weight: number;
  priority: number;
}

export interface Client {
  locality: string;
  labels: Labels;
}

/** Priorities and weights as seen from one client (ApplyToLoadAssignment). `detects`: outlier detection is on. */
export function applyLocality(
  groups: readonly LocalityGroup[],
  rule: Locality | undefined,
  of: { client: Client; detects: boolean },
): LocalityGroup[] {
  if (!rule) return [...groups];
  const { client } = of;
  if (rule.kind === 'zoneAware') {
    if (rule.setting.enabled === false) return [...groups];
    const split = byLabels(groups, rule.setting.failoverPriority, client.labels);
    return compact(split.map((g) => ({ ...g, priority: g.priority * 3 + regionPriority(g, rule.setting, client) })));
  }
  const { setting } = rule;
  if (setting.distribute) return distribute(groups, setting.distribute, client);
  // Envoy only leaves a priority when hosts are ejected or known to be unready.
  if (!of.detects && !rule.force) return [...groups];
  const split = byLabels(groups, setting.failoverPriority, client.labels);
  if (setting.failoverPriority?.length && !setting.failover?.length) return split;
  return compact(split.map((g) => ({ ...g, priority: g.priority * 5 + distance(g, setting, client) })));
}

/** 0 same subzone, 1 same zone, 2 same region, 3 elsewhere, 4 elsewhere although another region was named. */
function distance(group: LocalityGroup, setting: LocalityLbSetting, client: Client): number {
  const [own, other] = [splitLocality(client.locality), splitLocality(group.locality)];
  if (own.region === other.region) {
    if (own.zone !== other.zone) return 2;
    return own.subZone === other.subZone ? 0 : 1;
  }
  const named = setting.failover?.find((f) => f.from === own.region);
  return named && named.to !== other.region ? 4 : 3;
}

function regionPriority(group: LocalityGroup, setting: ZoneAwareLbSetting, client: Client): number {
  const [own, other] = [splitLocality(client.locality).region, splitLocality(group.locality).region];
  if (own === other) return 0;
  return setting.failover?.find((f) => f.from === own)?.to === other ? 1 : 2;
}

/** Priorities must run from 0 without gaps. */
function compact(groups: readonly LocalityGroup[]): LocalityGroup[] {
  const used = [...new Set(groups.map((g) => g.priority))].sort((a, b) => a - b);
  return groups.map((g) => ({ ...g, priority: used.indexOf(g.priority) }));
}

/** Splits groups by how many labels, from the first on, an endpoint shares with the client (applyFailoverPriorities). */
function byLabels(
  groups: readonly LocalityGroup[],
  labels: readonly string[] | undefined,
  client: Labels,
): LocalityGroup[] {
  if (!labels?.length || Object.keys(client).length === 0 || groups.length === 0) return [...groups];
  return compact(groups.flatMap((group) => splitByLabels(group, labels, client)));
}

function splitByLabels(group: LocalityGroup, labels: readonly string[], client: Labels): LocalityGroup[] {
  const byPriority = new Map<number, number[]>();
  for (const [i, endpoint] of group.endpoints.entries()) {
    const priority = labelPriority(endpoint.labels, labels, client);
    byPriority.set(priority, [...(byPriority.get(priority) ?? []), i]);
  }
  return [...byPriority]
    .sort(([a], [b]) => a - b)
    .map(([priority, indexes]) => ({
      locality: group.locality,
      endpoints: indexes.flatMap((i) => group.endpoints[i] ?? []),
      lbEndpoints: indexes.flatMap((i) => [group.lbEndpoints[i] ?? {}]),
      weight: indexes.reduce((sum, i) => sum + (group.endpoints[i]?.weight ?? 0), 0),
      priority,
    }));
}

/** `label=value` compares with that value instead of the client's. Another network is worse than any other difference. */
function labelPriority(endpoint: Labels, labels: readonly string[], client: Labels): number {
  let otherNetwork = 0;
  for (const [i, entry] of labels.entries()) {
    const [label = '', value, more] = entry.split('=');
    const wanted = value !== undefined && more === undefined ? value : client[label];
    if (wanted === endpoint[label]) continue;
    if (i === 0 && labels[0] === network) {
      otherNetwork = labels.length;
      continue;
    }
    return labels.length - i + otherNetwork;
  }
  return otherNetwork;
}

/** Percentages by locality; localities that the matching rule does not name get nothing (applyLocalityWeights). */
function distribute(
  groups: readonly LocalityGroup[],
  rules: NonNullable<LocalityLbSetting['distribute']>,
  client: Client,
): LocalityGroup[] {
  const rule = rules.find((r) => localityMatches(client.locality, r.from ?? ''));
  if (!rule) return [...groups];
  const out = groups.map((g) => ({ ...g }));
  const left = new Set(out.keys());
  for (const [pattern, percent] of Object.entries(rule.to ?? {})) {
    const matched = [...left].filter((i) => localityMatches(out[i]?.locality ?? '', pattern));
    const total = matched.reduce((sum, i) => sum + (out[i]?.weight ?? 1), 0);
    for (const i of matched) {
      left.delete(i);
      const group = out[i];
      const share = group && total > 0 ? (group.weight * percent) / total : 0;
      if (group && share > 0) group.weight = Math.ceil(share);
    }
  }
  for (const i of left) {
    const group = out[i];
    if (group) group.lbEndpoints = [];
  }
  return out;
}

function localityMatches(locality: string, pattern: string): boolean {
  const [own, rule] = [splitLocality(locality), splitLocality(pattern)];
  const fits = (value: string, wanted: string) => wanted === '*' || wanted === '' || value === wanted;
  const region = rule.region === '*' || own.region === rule.region;
  return region && fits(own.zone, rule.zone) && fits(own.subZone, rule.subZone);
}
