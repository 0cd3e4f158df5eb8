import type { KubeObject } from '../../kube/objects.ts';
import { type Field, fieldOf, type Path } from '../../kube/schema/field.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { Labels } from '../model/labels.ts';
import type { Args, Code, Level } from './code.ts';

/** Kinds that analyzers read: API group and kind, and whether objects of it have no namespace. */
export const inputs = {
  AuthorizationPolicy: ['security.istio.io', 'AuthorizationPolicy'],
  ConfigMap: ['', 'ConfigMap'],
  CustomResourceDefinition: ['apiextensions.k8s.io', 'CustomResourceDefinition', 'cluster'],
  Deployment: ['apps', 'Deployment'],
  DestinationRule: ['networking.istio.io', 'DestinationRule'],
  EnvoyFilter: ['networking.istio.io', 'EnvoyFilter'],
  Gateway: ['networking.istio.io', 'Gateway'],
  GRPCRoute: ['gateway.networking.k8s.io', 'GRPCRoute'],
  HTTPRoute: ['gateway.networking.k8s.io', 'HTTPRoute'],
  KubernetesGateway: ['gateway.networking.k8s.io', 'Gateway'],
  MutatingWebhookConfiguration: ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 'cluster'],
  Namespace: ['', 'Namespace', 'cluster'],
  Node: ['', 'Node', 'cluster'],
  PeerAuthentication: ['security.istio.io', 'PeerAuthentication'],
  Pod: ['', 'Pod'],
  ProxyConfig: ['networking.istio.io', 'ProxyConfig'],
  RequestAuthentication: ['security.istio.io', 'RequestAuthentication'],
  Secret: ['', 'Secret'],
  Service: ['', 'Service'],
  ServiceEntry: ['networking.istio.io', 'ServiceEntry'],
  Sidecar: ['networking.istio.io', 'Sidecar'],
  Telemetry: ['telemetry.istio.io', 'Telemetry'],
  TrafficExtension: ['extensions.istio.io', 'TrafficExtension'],
  ValidatingWebhookConfiguration: ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'cluster'],
  VirtualService: ['networking.istio.io', 'VirtualService'],
  WasmPlugin: ['extensions.istio.io', 'WasmPlugin'],
  WorkloadEntry: ['networking.istio.io', 'WorkloadEntry'],
  WorkloadGroup: ['networking.istio.io', 'WorkloadGroup'],
} as const;
export type InputKind = keyof typeof inputs;
/** The mesh config is an input, too. */
export type Input = InputKind | 'MeshConfig';

/** An object as analyzers read it. */
export interface Resource {
  object: KubeObject;
  /** `default` where a namespace is missing; empty for kinds without one. */
  namespace: string;
  name: string;
  /** `namespace/name`, or the name of what has no namespace. */
  fullName: string;
  labels: Labels;
  annotations: Labels;
  spec: Field;
}

export interface AnalysisContext {
  all(kind: InputKind): readonly Resource[];
  find(kind: InputKind, fullName: string): Resource | undefined;
  readonly mesh: MeshConfig;
  /** Milliseconds since 1970, for certificates that end. */
  readonly now: number;
}

export interface Message {
  code: string;
  name: string;
  level: Level;
  /** The object itself, as it was given: whoever read it from a file knows its place. */
  object: KubeObject;
  /** The field that is meant; empty for the object as a whole. It may be absent. */
  path: Path;
  message: string;
  args: Args;
  fix: string;
}

export interface Analyzer {
  /** Istio's own name. */
  name: string;
  description: string;
  /** All that `analyze` reads; it reads nothing else. */
  inputs: readonly Input[];
  analyze(context: AnalysisContext): Message[];
}

/** A message about an object, or about one of its fields. */
export function message<A extends Args>(
  { code, name, level, message: text, fix }: Code<A>,
  at: { resource: Resource; field?: Field },
  args: A,
): Message {
  return { code, name, level, object: at.resource.object, path: at.field?.path ?? [], message: text(args), args, fix };
}

export function resourceOf(object: KubeObject, kind: InputKind): Resource {
  const { name = '', namespace = 'default', labels = {}, annotations = {} } = object.metadata;
  const scope = inputs[kind].length === 3 ? '' : namespace;
  const fullName = scope === '' ? name : `${scope}/${name}`;
  return { object, namespace: scope, name, fullName, labels, annotations, spec: fieldOf(object).get('spec') };
}
