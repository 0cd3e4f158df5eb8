import { analyze, leftOut } from '../../mesh/istiod/analyze/analyze.ts';
import type { Level } from '../../mesh/istiod/analyze/code.ts';
import type { Message } from '../../mesh/istiod/analyze/context.ts';
import { installedMeshConfig, parseMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { istioCrdRules } from '../../mesh/istiod/validate/validate.ts';
import type { JsonObject } from '../../mesh/json.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import { pathText } from '../../mesh/kube/schema/field.ts';
import { nameOf, validateObject } from '../../mesh/kube/schema/problems.ts';
import type { Problem, Where } from '../../mesh/problem.ts';
import { CommandError, exitCodes } from '../fail.ts';
import type { SourceObject } from '../lab/lab.ts';
import { parseManifest } from '../lab/manifest.ts';

export interface AnalyzeOptions {
  file: readonly string[];
  complete?: boolean;
  meshConfig?: string;
}

/** What the command needs of the outside world. Paths are as the user wrote them. */
export interface AnalyzeIo {
  readFile(path: string): Promise<string>;
  problem(problem: Problem): void;
  /** Milliseconds since 1970. */
  now: number;
}

/** A message of an analyzer, or what the API server would refuse (code `SCHEMA`). */
export interface Finding {
  code: string;
  name: string;
  level: Level;
  /** `VirtualService shop/web`. */
  origin: string;
  message: string;
  where: Where;
  /** Field of the object, empty for the object itself. */
  path: string;
  args?: JsonObject;
  fix?: string;
}

export interface Analysis {
  files: readonly string[];
  findings: readonly Finding[];
  /** Analyzers that did not run although the files hold what they look at. */
  leftOut: readonly string[];
}

/** Reads the files and analyzes them together. Files that cannot be read or hold no objects end it (exit code 2). */
export async function analyzeFiles(options: AnalyzeOptions, io: AnalyzeIo): Promise<Analysis> {
  const sources = await read(options.file, io);
  const mesh = await meshOf(options, io);
  const { complete = false } = options;
  const messages = analyze(
    sources.map(({ object }) => object),
    { mesh, now: io.now, complete },
  );
  const placed = new Map(sources.map((source) => [source.object, source]));
  const refused = sources.filter(({ object }) => !messages.some((m) => m.object === object && m.code === 'IST0106'));
  return {
    files: options.file,
    findings: [
      ...sources.flatMap((source) => schemaFindings(source, refused.includes(source))),
      ...messages.map((message) => findingOf(message, placed.get(message.object))),
    ],
    leftOut: !complete && sources.some(({ object }) => isRuntime(object)) ? leftOut().map(({ name }) => name) : [],
  };
}

/** Kinds for which a file looks like a whole cluster. */
const isRuntime = ({ apiVersion, kind }: SourceObject['object']) =>
  apiVersion === 'v1' && ['Service', 'Pod', 'Namespace'].includes(kind);

async function read(files: readonly string[], io: AnalyzeIo): Promise<SourceObject[]> {
  const parsed = await Promise.all(files.map(async (file) => parseManifest(await io.readFile(file), file)));
  const [first, ...more] = parsed.flatMap(({ problems }) => problems);
  if (first) throw new CommandError(exitCodes.usage, first, ...more);
  return parsed.flatMap(({ file }) => file.objects);
}

async function meshOf({ meshConfig }: AnalyzeOptions, io: AnalyzeIo) {
  const problems: Problem[] = [];
  const own = meshConfig === undefined ? {} : parseMeshConfig(await io.readFile(meshConfig), problems);
  const mesh = installedMeshConfig(own, problems);
  for (const problem of problems) io.problem({ ...problem, where: { file: meshConfig, ...problem.where } });
  return mesh;
}

const findingOf = (
  { code, name, level, object, path, message, args, fix }: Message,
  source?: SourceObject,
): Finding => ({
  code,
  name,
  level,
  origin: nameOf(object),
  message,
  where: source?.locate(path) ?? {},
  path: pathText(path),
  args: args as JsonObject,
  fix,
});

const meshGroups = /(^|\.)istio\.io\/|^gateway\.networking\.k8s\.io\//;

/** `rules`: also the CRD's own; where istiod's webhook has said as much, they would only repeat it. */
function schemaFindings({ object, locate }: SourceObject, rules: boolean): Finding[] {
  const known = servedKinds.find(object) !== undefined || meshGroups.test(object.apiVersion);
  const shape = known ? validateObject(object, servedKinds, locate) : [];
  const origin = nameOf(object);
  const schema = { code: 'SCHEMA', name: 'Schema', level: 'Error', origin } as const;
  const found = shape.map(({ what, where = {}, fix }) => ({
    ...schema,
    message: what,
    where,
    path: '',
    ...(fix && { fix }),
  }));
  if (found.length > 0 || !rules) return found;
  return istioCrdRules(object, undefined).map(({ path, message }) => ({
    ...schema,
    message: `${pathText(path)}: ${message}`,
    where: locate(path),
    path: pathText(path),
  }));
}
