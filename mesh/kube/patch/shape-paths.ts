/**
 * Lists that merge by key (`name`, `port,protocol`), lists that are sets of scalars (`set`), and objects that are owned
 * and replaced as one (`atomic`). By group/Kind and path; the index of a list has no place in a path.
 * Sources: the listType, listMapKey, structType and patchMergeKey markers of k8s.io/api v0.33.0 (as collected in
 * client-go/applyconfigurations/internal); for custom resources x-kubernetes-list-type in the CRDs of istio/api and of
 * Gateway API 1.6. A custom resource that is not here has only atomic lists.
 */
export type ShapePaths = { readonly [path: string]: string };

const under = (prefix: string, paths: ShapePaths): ShapePaths =>
  Object.fromEntries(Object.entries(paths).map(([path, rule]) => [`${prefix}.${path}`, rule]));

/** Of every kind. */
export const metadataPaths: ShapePaths = { 'metadata.finalizers': 'set', 'metadata.ownerReferences': 'uid' };
const conditions: ShapePaths = { 'status.conditions': 'type' };

const containers = (list: string): ShapePaths => ({
  [list]: 'name',
  [`${list}.env`]: 'name',
  [`${list}.env.valueFrom.configMapKeyRef`]: 'atomic',
  [`${list}.env.valueFrom.fieldRef`]: 'atomic',
  [`${list}.env.valueFrom.resourceFieldRef`]: 'atomic',
  [`${list}.env.valueFrom.secretKeyRef`]: 'atomic',
  [`${list}.ports`]: 'containerPort,protocol',
  [`${list}.volumeDevices`]: 'devicePath',
  [`${list}.volumeMounts`]: 'mountPath',
});

const podSpec: ShapePaths = {
  ...containers('containers'),
  ...containers('initContainers'),
  ...containers('ephemeralContainers'),
  hostAliases: 'ip',
  imagePullSecrets: 'name',
  resourceClaims: 'name',
  schedulingGates: 'name',
  topologySpreadConstraints: 'topologyKey,whenUnsatisfiable',
  'topologySpreadConstraints.labelSelector': 'atomic',
  volumes: 'name',
};
const podTemplate = under('spec.template', { ...under('spec', podSpec), ...metadataPaths });
const workload: ShapePaths = { ...podTemplate, ...conditions, 'spec.selector': 'atomic' };
const webhooks: ShapePaths = {
  webhooks: 'name',
  'webhooks.matchConditions': 'name',
  'webhooks.namespaceSelector': 'atomic',
  'webhooks.objectSelector': 'atomic',
};
const listeners: ShapePaths = {
  'spec.listeners': 'name',
  'spec.listeners.allowedRoutes.namespaces.selector': 'atomic',
  'status.listeners': 'name',
  'status.listeners.conditions': 'type',
  ...conditions,
};

export const shapePaths: { readonly [groupKind: string]: ShapePaths } = {
  '/Pod': { ...under('spec', podSpec), ...conditions, 'status.podIPs': 'ip' },
  '/Service': { ...conditions, 'spec.ports': 'port,protocol' },
  '/ServiceAccount': { secrets: 'name' },
  '/Namespace': conditions,
  '/Node': { ...conditions, 'spec.podCIDRs': 'set', 'status.addresses': 'type' },
  '/Event': { involvedObject: 'atomic', related: 'atomic' },
  '/PersistentVolumeClaim': { ...conditions, 'spec.selector': 'atomic', 'spec.dataSource': 'atomic' },
  'apps/Deployment': workload,
  'apps/ReplicaSet': workload,
  'apps/StatefulSet': workload,
  'apps/DaemonSet': workload,
  'batch/Job': { ...podTemplate, 'spec.selector': 'atomic' },
  'batch/CronJob': { ...under('spec.jobTemplate', podTemplate), 'spec.jobTemplate.spec.selector': 'atomic' },
  'autoscaling/HorizontalPodAutoscaler': conditions,
  'policy/PodDisruptionBudget': { ...conditions, 'spec.selector': 'atomic' },
  'networking.k8s.io/NetworkPolicy': { 'spec.podSelector': 'atomic' },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'rbac.authorization.k8s.io/RoleBinding': { roleRef: 'atomic' },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { roleRef: 'atomic' },
  'apiextensions.k8s.io/CustomResourceDefinition': conditions,
  'gateway.networking.k8s.io/GatewayClass': { ...conditions, 'status.supportedFeatures': 'name' },
  'gateway.networking.k8s.io/Gateway': { ...listeners, 'spec.tls.frontend.perPort': 'port' },
  'gateway.networking.k8s.io/ListenerSet': listeners,
  'networking.istio.io/ServiceEntry': { 'spec.ports': 'name' },
  'extensions.istio.io/WasmPlugin': { 'spec.vmConfig.env': 'name' },
  'extensions.istio.io/TrafficExtension': { 'spec.wasm.vmConfig.env': 'name' },
};
