import { join } from 'node:path';
import { installedMeshConfig, parseMeshConfig } from '../../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../../mesh/istiod/snapshot/build.ts';
import type { Snapshot } from '../../../mesh/istiod/snapshot/snapshot.ts';
import { istioCrdRules, istioFindings } from '../../../mesh/istiod/validate/validate.ts';
import { xds } from '../../../mesh/istiod/xds/xds.ts';
import { isObject, type JsonObject } from '../../../mesh/json.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import { pathText } from '../../../mesh/kube/schema/field.ts';
import type { Problem } from '../../../mesh/problem.ts';
import { CommandError, exitCodes } from '../../fail.ts';
import { parseYaml } from '../../lab/yaml.ts';
import { type NamedProxy, proxiesNamed } from '../xds-proxies.ts';

export interface XdsOptions {
  /** Manifests; the order of documents is their age, first is oldest, unless they have a creationTimestamp. */
  file: readonly string[];
  /** `POD.NAMESPACE`, or a file that lists proxies; one of the two. */
  proxy?: string;
  proxies?: string;
  meshConfig?: string;
  /** Install profile; ambient is not made yet. */
  profile?: string;
  /** `json` (default), `yaml`, or a folder that gets one file for each proxy. */
  output?: string;
}

/** What the command needs of the outside world. Paths are as the user wrote them. */
export interface XdsIo {
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  out(text: string): void;
  problem(problem: Problem): void;
}

/** Configuration as istiod would send it, without a cluster. Problems of the objects are told, not thrown. */
export async function xdsCommand(options: XdsOptions, io: XdsIo): Promise<void> {
  if (options.profile === 'ambient') throw usage('the ambient profile is not made yet', 'leave --profile out');
  const snapshot = await load(options, io);
  const proxies = proxiesNamed(options, await optional(options.proxies, io), snapshot);
  const documents = proxies.map((named) => ({ name: named.name, config: configOf(named, snapshot, io) }));
  const format = options.output ?? 'json';
  if (format !== 'json' && format !== 'yaml') {
    for (const { name, config } of documents) await io.writeFile(join(format, `${name}.json`), json(config));
    return;
  }
  const { stringify } = await import('yaml');
  const only = documents.length === 1 ? documents[0]?.config : undefined;
  const value = only ?? Object.fromEntries(documents.map(({ name, config }) => [name, config]));
  io.out(format === 'json' ? json(value) : stringify(value, { aliasDuplicateObjects: false }));
}

async function load(options: XdsOptions, io: XdsIo): Promise<Snapshot> {
  const objects: KubeObject[] = [];
  for (const file of options.file) {
    const { documents, problems } = parseYaml(await io.readFile(file), file);
    const [first, ...more] = problems;
    if (first) throw new CommandError(exitCodes.usage, first, ...more);
    for (const { value } of documents) objects.push(...items(value).map((o) => aged(o, objects.length)));
  }
  const problems: Problem[] = [];
  const text = await optional(options.meshConfig, io);
  const mesh = installedMeshConfig(text === undefined ? {} : parseMeshConfig(text, problems), problems);
  const snapshot = buildSnapshot(
    objects.filter((object) => isAdmitted(object, problems)),
    mesh,
  );
  for (const problem of [...problems, ...snapshot.problems]) io.problem(problem);
  return snapshot;
}

/** A cluster would refuse the object, so no control plane would ever see it. */
function isAdmitted(object: KubeObject, problems: Problem[]): boolean {
  if (!isObject(object) || typeof object.kind !== 'string' || typeof object.apiVersion !== 'string') return true;
  const errors = [...istioCrdRules(object, undefined), ...istioFindings(object)].filter((f) => !f.warning);
  const name = `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  for (const { path, message } of errors)
    problems.push({
      what: `${name} would be refused and is left out: ${message}`,
      where: { object: name },
      fix: `correct ${pathText(path)}`,
    });
  return errors.length === 0;
}

/** A `kind: List` stands for its items, as for kubectl. */
const items = (value: unknown): unknown[] =>
  isObject(value) && value.kind === 'List' && Array.isArray(value.items) ? value.items : [value];

/** Age decides many conflicts, and manifests have none: one second for each document. */
function aged(object: unknown, position: number): KubeObject {
  const metadata = isObject(object) && isObject(object.metadata) ? object.metadata : {};
  const creationTimestamp =
    metadata.creationTimestamp ?? new Date(Date.UTC(2026, 0, 1) + position * 1000).toISOString();
  return { ...(object as KubeObject), metadata: { ...metadata, creationTimestamp } as KubeObject['metadata'] };
}

const optional = async (path: string | undefined, io: XdsIo): Promise<string | undefined> =>
  path === undefined ? undefined : io.readFile(path);

function configOf({ proxy }: NamedProxy, snapshot: Snapshot, io: XdsIo): JsonObject {
  const { listeners, routes, clusters, endpoints, extensionConfigs, problems } = xds(snapshot, proxy);
  for (const problem of problems.slice(snapshot.problems.length)) io.problem(problem);
  return {
    node: { id: proxy.id, metadata: proxy.metadata },
    listeners,
    routes,
    clusters,
    endpoints,
    extensionConfigs: extensionConfigs.length > 0 ? extensionConfigs : undefined,
  };
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
const usage = (what: string, fix: string): CommandError => new CommandError(exitCodes.usage, { what, fix });
