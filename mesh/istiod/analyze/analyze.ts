import type { KubeObject } from '../../kube/objects.ts';
import { nameOf } from '../../kube/schema/problems.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { compareText } from '../model/config.ts';
import { type AnalysisContext, type Analyzer, type InputKind, inputs, type Message, resourceOf } from './context.ts';
import { analyzers as all } from './registry.ts';

export interface AnalysisOptions {
  mesh: MeshConfig;
  /** Milliseconds since 1970. */
  now: number;
  /**
   * The objects are everything a cluster has. Without it they are taken as a part, as `istioctl analyze --use-kube=false` does:
   * analyzers that look at Services, Pods, Namespaces, Nodes or Secrets are left out, because these are rarely in files.
   */
  complete?: boolean;
  analyzers?: readonly Analyzer[];
}

/** Kinds that files seldom hold (kuberesource.DefaultExcludedSchemas). */
const runtimeKinds: readonly string[] = ['Service', 'Namespace', 'Node', 'Pod', 'Secret'];
const needsCluster = ({ inputs: kinds }: Analyzer) => kinds.some((kind) => runtimeKinds.includes(kind));

/** Analyzers that would be left out for want of a complete cluster. */
export const leftOut = (analyzers: readonly Analyzer[] = all): Analyzer[] => analyzers.filter(needsCluster);

/** What is wrong with objects that each may be fine: sorted by level, code, object; nothing twice. */
export function analyze(objects: readonly KubeObject[], options: AnalysisOptions): Message[] {
  const { complete = false, analyzers = all } = options;
  const context = contextOf(objects, options);
  const messages = analyzers
    .filter((analyzer) => complete || !needsCluster(analyzer))
    .flatMap((analyzer) => analyzer.analyze(context))
    .filter((message) => !suppressed(message));
  return distinct(messages.sort(byLevel));
}

export function contextOf(objects: readonly KubeObject[], { mesh, now }: Pick<AnalysisOptions, 'mesh' | 'now'>) {
  const given = objects.filter(
    ({ kind, metadata }) => !ignored.has(kind === 'Namespace' ? metadata.name : (metadata.namespace ?? '')),
  );
  const kinds = Object.keys(inputs) as InputKind[];
  const byKind = new Map(
    kinds.map((kind) => {
      const [group, name] = inputs[kind];
      const own = given.filter((o) => o.kind === name && groupOf(o.apiVersion) === group);
      return [kind, own.map((object) => resourceOf(object, kind))];
    }),
  );
  const context: AnalysisContext = {
    mesh,
    now,
    all: (kind) => byKind.get(kind) ?? [],
    find: (kind, fullName) => byKind.get(kind)?.find((resource) => resource.fullName === fullName),
  };
  return context;
}

/** Kubernetes' own namespaces (inject.IgnoredNamespaces). */
const ignored = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

/** `galley.istio.io/analyze-suppress: IST0107,IST0002` or `*` on an object. */
function suppressed({ code, object }: Message): boolean {
  const list = object.metadata.annotations?.['galley.istio.io/analyze-suppress'] ?? '';
  return list.split(',').some((entry) => entry === '*' || entry === code);
}

const order = { Error: 0, Warning: 1, Info: 2 };
/** Istio's order of objects: kind, name, namespace (Origin.Comparator). */
const place = ({ kind, metadata }: KubeObject) => [kind, metadata.name, metadata.namespace ?? ''].join('/');

const byLevel = (a: Message, b: Message): number =>
  order[a.level] - order[b.level] ||
  compareText(a.code, b.code) ||
  compareText(place(a.object), place(b.object)) ||
  compareText(a.message, b.message);

function distinct(messages: readonly Message[]): Message[] {
  const seen = new Set<string>();
  return messages.filter(({ code, object, message }) => {
    const key = `${code} ${nameOf(object)} ${object.apiVersion} ${message}`;
    const again = seen.has(key);
    seen.add(key);
    return !again;
  });
}
