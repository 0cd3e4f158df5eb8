import { byCreation, type Config } from '../model/config.ts';
import { type Labels, subsetOf } from '../model/labels.ts';
import { type MtlsMode, mtlsMode, type PeerAuthentication } from '../model/peer-authentication.ts';

type Peer = Config<PeerAuthentication>;

/** A mode of mutual TLS and the policy that decided it; `field` is the path in its object. */
export interface Decision {
  mode: MtlsMode;
  by?: { config: Peer; field: string };
}
export interface WorkloadMtls extends Decision {
  ports: ReadonlyMap<number, Decision>;
}

/** PeerAuthentications by namespace (istio pilot/pkg/model/authentication.go). */
export interface AuthnIndex {
  rootNamespace: string;
  byNamespace: ReadonlyMap<string, readonly Peer[]>;
  /** What clients assume of a service's namespace: its own policy or that of the mesh. */
  namespaceMode(namespace: string): MtlsMode;
  /** What holds for a workload. `labels` must be one object per workload: results are kept by it. */
  ofWorkload(namespace: string, labels: Labels): WorkloadMtls;
}

const isWide = (c: Peer): boolean => Object.keys(c.spec.selector?.matchLabels ?? {}).length === 0;

export function indexAuthn(configs: readonly Peer[], rootNamespace: string): AuthnIndex {
  const byNamespace = new Map<string, Peer[]>();
  const wide = new Map<string, Peer>();
  for (const config of [...configs].sort(byCreation)) {
    if (isWide(config)) {
      // Only the oldest policy without selector counts in a namespace.
      if (wide.has(config.namespace)) continue;
      wide.set(config.namespace, config);
    }
    byNamespace.set(config.namespace, [...(byNamespace.get(config.namespace) ?? []), config]);
  }
  const modeOf = (ns: string) => mtlsMode(wide.get(ns)?.spec.mtls?.mode);
  const cache = new WeakMap<Labels, Map<string, WorkloadMtls>>();
  return {
    rootNamespace,
    byNamespace,
    namespaceMode: (ns) => modeOf(ns) ?? modeOf(rootNamespace) ?? 'PERMISSIVE',
    ofWorkload(namespace, labels) {
      const known = cache.get(labels) ?? new Map<string, WorkloadMtls>();
      cache.set(labels, known);
      const found = known.get(namespace) ?? compose(byNamespace, { namespace, rootNamespace, labels });
      known.set(namespace, found);
      return found;
    },
  };
}

/** The narrowest scope that sets a mode wins: port, workload, namespace, mesh (ComposePeerAuthentication). */
function compose(
  policies: ReadonlyMap<string, readonly Peer[]>,
  of: { namespace: string; rootNamespace: string; labels: Labels },
): WorkloadMtls {
  const own = of.namespace === of.rootNamespace ? [] : (policies.get(of.namespace) ?? []);
  const scopes = [
    policies.get(of.rootNamespace)?.find(isWide),
    own.find(isWide),
    own.find((c) => !isWide(c) && subsetOf(c.spec.selector?.matchLabels, of.labels)),
  ];
  let decision: Decision = { mode: 'PERMISSIVE' };
  for (const config of scopes) {
    const mode = mtlsMode(config?.spec.mtls?.mode);
    if (config && mode) decision = { mode, by: { config, field: 'spec.mtls.mode' } };
  }
  const ports = new Map<number, Decision>();
  const workload = scopes[2];
  for (const [port, setting] of Object.entries(workload?.spec.portLevelMtls ?? {})) {
    const mode = mtlsMode(setting.mode);
    const by = workload && { config: workload, field: `spec.portLevelMtls.${port}.mode` };
    ports.set(Number(port), mode ? { mode, by } : decision);
  }
  return { ...decision, ports };
}

export const mtlsOfPort = (workload: WorkloadMtls, port: number): Decision => workload.ports.get(port) ?? workload;
