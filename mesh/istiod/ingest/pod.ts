import { isObject } from '../../json.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import { augmentLabels, type Labels } from '../model/labels.ts';
import { bool, list, num, obj, type Shape, str } from '../model/shape.ts';
import { type Intake, readConfig } from './read.ts';

const container = obj({
  name: str,
  restartPolicy: str,
  ports: list(obj({ name: str, containerPort: num, protocol: str })),
  env: list(obj({ name: str, value: str })),
});
const podSpec = obj({
  serviceAccountName: str,
  nodeName: str,
  hostNetwork: bool,
  hostname: str,
  subdomain: str,
  containers: list(container),
  initContainers: list(container),
});
const podStatus = obj({
  phase: str,
  podIP: str,
  podIPs: list(obj({ ip: str })),
  conditions: list(obj({ type: str, status: str })),
});

/** A pod with what istiod derives from it. */
export interface Pod extends Config<Shape<typeof podSpec>> {
  ips: readonly string[];
  /** Ready, and neither ended nor being deleted. */
  ready: boolean;
  /** "region/zone/subzone" of its node or label; empty when unknown. */
  locality: string;
  network: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<account>` */
  identity: string;
  /** Name of the Deployment, StatefulSet … that owns it; its own name when nothing does. */
  workload: string;
  /** Its labels and those that istiod adds (topology, cluster, node). */
  allLabels: Labels;
}

export const CLUSTER = 'Kubernetes';

export function ingestPod(
  object: KubeObject,
  at: { nodes: ReadonlyMap<string, Labels>; trustDomain: string },
  intake: Intake,
): Pod {
  const config = readConfig(object, podSpec, intake);
  const status = podStatus(object.status ?? {}, 'status', { keep: () => {}, report: () => {} }) ?? {};
  const ips = [status.podIP, ...(status.podIPs ?? []).map((p) => p.ip)].filter((ip): ip is string => !!ip);
  const { spec, labels } = config;
  const locality = localityOf(labels, at.nodes.get(spec.nodeName ?? ''));
  const network = labels['topology.istio.io/network'] ?? '';
  return {
    ...config,
    ips: [...new Set(ips)],
    ready: isReady(object, status),
    locality,
    network,
    identity: `spiffe://${at.trustDomain}/ns/${config.namespace}/sa/${spec.serviceAccountName ?? ''}`,
    workload: workloadOf(object),
    allLabels: augmentLabels(labels, { cluster: CLUSTER, locality, node: spec.nodeName, network }),
  };
}

type PodStatus = Shape<typeof podStatus>;
const isReady = (object: KubeObject, { phase, conditions }: PodStatus): boolean =>
  phase !== 'Failed' &&
  phase !== 'Succeeded' &&
  object.metadata.deletionTimestamp === undefined &&
  (conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True');

/** The pod's `istio-locality` label ("." for "/"), else the topology labels of its node. */
function localityOf(pod: Labels, node: Labels | undefined): string {
  const own = pod['istio-locality'];
  if (own) return own.includes('/') ? own : own.replaceAll('.', '/');
  if (!node) return '';
  const region = node['topology.kubernetes.io/region'] ?? node['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = node['topology.kubernetes.io/zone'] ?? node['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const subZone = node['topology.istio.io/subzone'] ?? '';
  return region || zone || subZone ? `${region}/${zone}/${subZone}` : '';
}

/** GetWorkloadMetaFromPod in istio pkg/kube/util.go: only pods with a generated name are asked for their owner. */
function workloadOf(object: KubeObject): string {
  const { metadata } = object;
  const labels = metadata.labels ?? {};
  const named = labels['service.istio.io/workload-name'];
  if (named) return named;
  const owner = metadata.generateName
    ? (Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : []).find(
        (o) => isObject(o) && o.controller === true,
      )
    : undefined;
  if (!owner || typeof owner.name !== 'string') return metadata.name;
  if (owner.kind === 'ReplicaSet')
    for (const hash of [labels['pod-template-hash'], labels['rollouts-pod-template-hash']])
      if (hash && owner.name.endsWith(hash))
        return owner.name.replace(new RegExp(`-${hash.replace(/\W/g, '\\$&')}$`), '');
  if (owner.kind === 'ReplicationController' && labels.deploymentconfig) return labels.deploymentconfig;
  const cron = owner.kind === 'Job' ? /^(.+)-\d{8,10}$/.exec(owner.name)?.[1] : undefined;
  return cron ?? owner.name;
}
