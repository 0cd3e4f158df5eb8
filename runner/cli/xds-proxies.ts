import type { Labels } from '../../mesh/istiod/model/labels.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { announcedProxy, proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import { isObject } from '../../mesh/json.ts';
import { CommandError, exitCodes } from '../fail.ts';
import { nearest } from '../lab/nearest.ts';
import { locate, parseYaml, type YamlDocument } from '../lab/yaml.ts';

export interface NamedProxy {
  name: string;
  proxy: MeshProxy;
}

/** The proxies that `mesh-labs xds` was asked for: one by name, or those of a file in the layout of the golden data. */
export function proxiesNamed(
  options: { proxy?: string; proxies?: string },
  text: string | undefined,
  snapshot: Snapshot,
): NamedProxy[] {
  if ((options.proxy === undefined) === (options.proxies === undefined))
    throw usage('which proxy?', 'give either --proxy POD.NAMESPACE or --proxies FILE');
  if (options.proxy !== undefined) return [byName(options.proxy, snapshot)];
  const file = options.proxies ?? '';
  const { documents, problems } = parseYaml(text ?? '', file);
  const [first, ...more] = problems;
  if (first) throw new CommandError(exitCodes.usage, first, ...more);
  const [document] = documents;
  if (!document || !Array.isArray(document.value))
    throw usage(`${file} is not a list of proxies`, 'write - {name, type, namespace, pod}');
  return document.value.map((entry, i) => fromEntry(entry, { document, i }, snapshot));
}

function byName(given: string, snapshot: Snapshot): NamedProxy {
  const dot = given.lastIndexOf('.');
  if (dot <= 0) throw usage(`${given} has no namespace`, podFix(given, snapshot, 'write POD.NAMESPACE'));
  const [name, namespace] = [given.slice(0, dot), given.slice(dot + 1)];
  return { name, proxy: ofPod(name, namespace, snapshot) };
}

function ofPod(name: string, namespace: string, snapshot: Snapshot): MeshProxy {
  const pod = snapshot.pods.byName.get(`${namespace}/${name}`);
  if (pod) return proxyOf(pod, snapshot);
  throw usage(
    `there is no pod ${name} in namespace ${namespace}`,
    podFix(`${name}.${namespace}`, snapshot, 'add the Pod to the manifests: a Deployment makes none here'),
  );
}

/** Pods of a workload are named after it, which no distance between words knows. */
function podFix(given: string, snapshot: Snapshot, otherwise: string): string {
  const known = [...snapshot.pods.byName.values()].map((p) => `${p.name}.${p.namespace}`).sort();
  const [name = '', namespace] = given.split('.');
  const begins = known.find(
    (k) => k.startsWith(`${name}-`) && (namespace === undefined || k.endsWith(`.${namespace}`)),
  );
  const near = known.find((k) => k.startsWith(`${given}.`)) ?? nearest(given, known) ?? begins;
  if (near !== undefined) return `did you mean ${near}?`;
  const shown = known.slice(0, 10).join(', ');
  return known.length === 0 ? otherwise : `name one of: ${shown}${known.length > 10 ? ', …' : ''}`;
}

function fromEntry(entry: unknown, at: { document: YamlDocument; i: number }, snapshot: Snapshot): NamedProxy {
  const field = (name: string) => (isObject(entry) && typeof entry[name] === 'string' ? entry[name] : '');
  const [name, namespace, pod] = [field('name'), field('namespace'), field('pod')];
  if (!isObject(entry) || !name || !namespace || !pod)
    throw new CommandError(exitCodes.usage, {
      what: 'a proxy needs name, namespace and pod',
      where: locate(at.document, [at.i]),
      fix: 'write - {name, type, namespace, pod}',
    });
  const type = field('type') || 'sidecar';
  const proxy = field('ip')
    ? announcedProxy(
        {
          name: pod,
          namespace,
          ip: field('ip'),
          labels: labelsOf(entry.labels),
          metadata: isObject(entry.metadata) ? entry.metadata : {},
        },
        snapshot,
      )
    : ofPod(pod, namespace, snapshot);
  return { name, proxy: { ...proxy, type: type as MeshProxy['type'] } };
}

const labelsOf = (value: unknown): Labels =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, String(v)])) : {};

const usage = (what: string, fix: string): CommandError => new CommandError(exitCodes.usage, { what, fix });
