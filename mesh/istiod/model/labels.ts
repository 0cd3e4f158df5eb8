export type Labels = { [key: string]: string };

/** Whether each of `selector`'s labels is on `labels`; an empty selector selects everything. */
export function subsetOf(selector: Labels | undefined, labels: Labels): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}

/** "region/zone/subzone" in parts; absent parts are empty. */
export function splitLocality(locality: string): { region: string; zone: string; subZone: string } {
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  return { region, zone, subZone };
}

/** Labels that istiod adds to those of a workload, for subsets and failover (istio serviceregistry/util/label). */
export function augmentLabels(
  labels: Labels,
  at: { cluster: string; locality: string; node?: string; network?: string },
): Labels {
  const { region, zone, subZone } = splitLocality(at.locality);
  const out: Labels = { ...labels };
  if (region) out['topology.kubernetes.io/region'] = region;
  if (zone) out['topology.kubernetes.io/zone'] = zone;
  if (subZone) out['topology.istio.io/subzone'] = subZone;
  if (at.cluster) out['topology.istio.io/cluster'] = at.cluster;
  if (at.node) out['kubernetes.io/hostname'] = at.node;
  if (at.network && !out['topology.istio.io/network']) out['topology.istio.io/network'] = at.network;
  return out;
}

/** Canonical service and revision, with the fallbacks of istio pkg/kube/labels. */
export function canonicalService(labels: Labels, workload: string): { name: string; revision: string } {
  const name = labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels.app ?? workload;
  const revision =
    labels['service.istio.io/canonical-revision'] ?? labels['app.kubernetes.io/version'] ?? labels.version ?? 'latest';
  return { name, revision };
}
