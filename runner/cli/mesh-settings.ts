import { parseMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { isMeshConfigMap, meshTextIn } from '../../mesh/istiod/mesh-config-map.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { Problem, Where } from '../../mesh/problem.ts';
import type { SourceObject } from '../lab/lab.ts';
import { locate, parseYaml } from '../lab/yaml.ts';

/** What somebody wrote about the mesh, and where. */
export interface MeshSettings {
  overrides: JsonObject;
  /** Where the text stands as a whole, for problems with it. */
  where?: Where;
  problems: Problem[];
  /** Positions of its fields, by the name that origins use. */
  source?: Pick<SourceObject, 'locate'>;
}

/** Settings in a file of their own. */
export function settingsOfFile(text: string, file: string): MeshSettings {
  const problems: Problem[] = [];
  const [document] = parseYaml(text, file).documents;
  return {
    overrides: parseMeshConfig(text, problems),
    where: { file },
    problems,
    ...(document ? { source: { locate: (path, part) => locate(document, path, part) } } : {}),
  };
}

/** Settings in the ConfigMap `istio` among `objects`; the last counts, as in a cluster. `textOf`: what stands in a file. */
export function settingsOfConfigMap(
  objects: readonly SourceObject[],
  textOf: (file: string) => string | undefined,
): MeshSettings | undefined {
  const found = objects.findLast(({ object }) => isMeshConfigMap(object) && meshTextIn(object) !== undefined);
  const text = meshTextIn(found?.object);
  if (!found || text === undefined) return undefined;
  const problems: Problem[] = [];
  const where = found.locate(['data', 'mesh']);
  const [document] = parseYaml(text, where.file ?? '').documents;
  const move = mover(where, text, textOf(where.file ?? ''));
  return {
    overrides: parseMeshConfig(text, problems),
    where,
    problems,
    source: { locate: (path, part) => (document && move ? move(locate(document, path, part)) : where) },
  };
}

/** From positions in a block scalar (`mesh: |`) to those in its file; undefined where lines of the two do not correspond. */
function mover(start: Where, inner: string, outer: string | undefined): ((where: Where) => Where) | undefined {
  if (start.line === undefined || start.column === undefined) return undefined;
  const lines = outer?.split('\n').slice(start.line - 1) ?? [];
  if (lines[0]?.[start.column - 1] !== '|') return undefined;
  const at = inner.split('\n').findIndex((line) => line.trim() !== '');
  const before = (line: string | undefined) => line?.search(/\S/) ?? 0;
  const indent = before(lines[at + 1]) - before(inner.split('\n')[at]);
  const { line } = start;
  return (where) => ({ ...where, line: line + (where.line ?? 1), column: (where.column ?? 1) + indent });
}
