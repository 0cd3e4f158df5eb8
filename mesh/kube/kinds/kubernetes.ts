import type { KindInfo } from '../kind-info.ts';

type Row = { plural: string } & Partial<KindInfo>;

const kind = (apiVersion: string, name: string, row: Row): KindInfo => ({
  apiVersion,
  kind: name,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced: true,
  ...row,
});
const core = (name: string, row: Row) => kind('v1', name, row);
const scaled = { categories: ['all'], status: true, scale: true };

/** Kubernetes' own kinds that the mesh in a box serves (names, short names and categories as `kubectl api-resources` prints). */
export const kubernetesKinds: readonly KindInfo[] = [
  core('Namespace', { plural: 'namespaces', shortNames: ['ns'], namespaced: false, status: true }),
  core('Node', { plural: 'nodes', shortNames: ['no'], namespaced: false, status: true }),
  core('ServiceAccount', { plural: 'serviceaccounts', shortNames: ['sa'] }),
  core('Service', { plural: 'services', shortNames: ['svc'], categories: ['all'], status: true }),
  core('Endpoints', { plural: 'endpoints', singular: 'endpoints', shortNames: ['ep'] }),
  core('Pod', { plural: 'pods', shortNames: ['po'], categories: ['all'], status: true }),
  core('ConfigMap', { plural: 'configmaps', shortNames: ['cm'] }),
  core('Secret', { plural: 'secrets' }),
  core('Event', { plural: 'events', shortNames: ['ev'] }),
  kind('discovery.k8s.io/v1', 'EndpointSlice', { plural: 'endpointslices' }),
  kind('apps/v1', 'Deployment', { plural: 'deployments', shortNames: ['deploy'], ...scaled }),
  kind('apps/v1', 'ReplicaSet', { plural: 'replicasets', shortNames: ['rs'], ...scaled }),
  kind('apps/v1', 'StatefulSet', { plural: 'statefulsets', shortNames: ['sts'], ...scaled }),
  kind('apps/v1', 'DaemonSet', { plural: 'daemonsets', shortNames: ['ds'], categories: ['all'], status: true }),
  kind('batch/v1', 'Job', { plural: 'jobs', categories: ['all'], status: true }),
  kind('coordination.k8s.io/v1', 'Lease', { plural: 'leases' }),
];
