import { analyze } from '../../mesh/istiod/analyze/analyze.ts';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { parseManifest } from '../../runner/lab/manifest.ts';
import { parseYaml } from '../../runner/lab/yaml.ts';
import { admissionProblems } from '../../runner/plan/admission-problems.ts';
import type { Fence } from './fences.ts';

const longest = 25;

/**
 * A fence shows a part of a mesh: what it refers to need not be in it (IST0101), nor the namespace's labels (IST0102), nor the Gateway that a
 * VirtualService is bound to (IST0132 counts only where the fence has both).
 */
const incomplete = (yaml: string): ReadonlySet<string> =>
  new Set(['IST0101', 'IST0102', ...(/^kind: Gateway$/m.test(yaml) ? [] : ['IST0132'])]);

/** What is wrong with a fence, one line each: not YAML, refused by admission, found by an analyzer, too long, or not wrong where it says it is. */
export function fenceProblems(fence: Fence): string[] {
  const lines = fence.yaml.trimEnd().split('\n').length;
  const long = lines > longest ? [`${lines} lines; a fence has at most ${longest}`] : [];
  const found = fence.kind === 'part' ? partProblems(fence) : wholeProblems(fence);
  if (typeof fence.kind === 'object') {
    const { bad } = fence.kind;
    return [...long, ...(found.some(({ code }) => code === bad) ? [] : [`says bad="${bad}", and nothing finds that`])];
  }
  const apart = incomplete(fence.yaml);
  const wrong = found.filter(({ code }) => !apart.has(code));
  return [...long, ...wrong.map(({ code, what }) => `${code}: ${what}`)];
}

interface Found {
  code: string;
  what: string;
}

const partProblems = ({ yaml, file }: Fence): Found[] =>
  parseYaml(yaml, file).problems.map(({ what }) => ({ code: 'YAML', what }));

function wholeProblems({ yaml, file }: Fence): Found[] {
  const { file: manifest, problems } = parseManifest(yaml, file);
  if (problems.length > 0) return problems.map(({ what }) => ({ code: 'YAML', what }));
  const refused = manifest.objects.flatMap(admissionProblems).map(({ what }) => ({ code: 'SCHEMA', what }));
  const objects = manifest.objects.map(({ object }) => object);
  const messages = analyze(objects, { mesh: installedMeshConfig(), now: 0 });
  return [...refused, ...messages.map(({ code, message }) => ({ code, what: message }))];
}
