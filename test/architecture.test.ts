import { readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What the site shows: the mesh without its host, and of the runner what also runs in a page. */
const siteMayImport = [
  ...['mesh', 'mesh/kube', 'mesh/istiod', 'mesh/world', 'mesh/envoy', 'mesh/workloads', 'mesh/proxy-config'],
  ...['runner', 'runner/lab', 'runner/observe', 'runner/check', 'runner/plan', 'runner/explain'],
  ...['runner/place', 'runner/place/sim', 'labs/_apps', 'labs/canary'],
  ...['site', 'site/collect', 'site/components', 'site/figures', 'site/aids'],
];

/** Who may import whom, by folder prefix (architecture.md, section 3). A folder may always import itself. */
const mayImport: { [folder: string]: string[] } = {
  mesh: [],
  'mesh/kube': ['mesh', 'mesh/world'],
  'mesh/world': ['mesh'],
  'mesh/istiod': ['mesh', 'mesh/kube', 'mesh/istiod', 'mesh/world/clock.ts', 'mesh/world/random.ts'],
  'mesh/envoy': ['mesh', 'mesh/world', 'mesh/istiod/xds/types.ts'],
  'mesh/ztunnel': ['mesh', 'mesh/world', 'mesh/istiod/xds/types.ts'],
  'mesh/workloads': ['mesh', 'mesh/kube', 'mesh/world'],
  'mesh/proxy-config': ['mesh'],
  'mesh/shell': ['mesh', 'mesh/kube', 'mesh/world'],
  'mesh/host': [
    'mesh',
    'mesh/kube',
    'mesh/world',
    'mesh/istiod',
    'mesh/envoy',
    'mesh/ztunnel',
    'mesh/workloads',
    'mesh/shell',
  ],
  runner: ['mesh'],
  'runner/lab': ['mesh', 'mesh/kube', 'runner'],
  'runner/observe': ['mesh', 'mesh/kube', 'runner', 'runner/lab'],
  'runner/check': ['mesh', 'mesh/kube', 'runner', 'runner/lab', 'runner/observe'],
  'runner/plan': [
    'mesh',
    'mesh/kube',
    'mesh/istiod',
    'runner',
    'runner/lab',
    'runner/observe',
    'runner/check',
    'runner/place/place.ts',
  ],
  'runner/traffic': [
    'mesh',
    'mesh/world',
    'mesh/host/apps/loop-delay.ts',
    'runner',
    'runner/observe',
    'runner/place/place.ts',
  ],
  'runner/place': ['mesh', 'mesh/kube', 'runner', 'runner/observe'],
  'runner/place/sim': [
    'mesh',
    'mesh/kube',
    'mesh/istiod',
    'mesh/world',
    'mesh/envoy',
    'mesh/ztunnel',
    'mesh/workloads',
    'runner',
    'runner/observe',
    'runner/place',
  ],
  'runner/place/local': [
    'mesh',
    'mesh/kube',
    'mesh/istiod',
    'mesh/world',
    'mesh/workloads',
    'mesh/host',
    'runner',
    'runner/observe',
    'runner/place',
    'runner/traffic',
  ],
  'runner/place/kind': [
    'mesh',
    'mesh/kube',
    'runner',
    'runner/observe',
    'runner/place',
    'runner/traffic',
    'runner/tools',
  ],
  'runner/explain': [
    'mesh',
    'mesh/kube',
    'mesh/istiod',
    'mesh/envoy',
    'mesh/world',
    'mesh/workloads',
    'runner',
    'runner/lab',
    'runner/observe',
    'runner/place',
  ],
  'runner/report': ['mesh', 'runner', 'runner/lab', 'runner/observe', 'runner/check', 'runner/plan'],
  'runner/tools': ['mesh', 'runner'],
  'runner/cli': ['mesh', 'runner'],
  site: siteMayImport,
  'site/collect': [...siteMayImport, 'runner/report/receipt'],
};
const open = new Set(['runner/cli']);
const nodeAllowed = [
  'mesh/host',
  'runner/place/local',
  'runner/place/kind',
  'runner/tools',
  'runner/traffic',
  'runner/report',
  'runner/cli',
  'runner/exec.ts',
  'site/collect',
  'site/build',
  // Pages are rendered when the site is built, never in a browser.
  'site/pages',
];

function walk(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? walk(path) : /\.(ts|astro)$/.test(path) ? [relative(root, path)] : [];
  });
}

const files = ['mesh', 'runner', 'site'].flatMap((d) => walk(join(root, d)));
const sources = files.filter((f) => !f.endsWith('.test.ts'));
const isGenerated = (file: string) => file.endsWith('.gen.ts');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

/** Files and packages that a file imports, type imports included. */
function importsOf(file: string): string[] {
  return [
    ...text(file).matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g,
    ),
  ].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
}
const localImports = (file: string) =>
  importsOf(file)
    .map((i) => (i.startsWith('@site/') ? `${relative(dirname(file), 'site')}/${i.slice(6)}` : i))
    .filter((i) => i.startsWith('.'))
    .map((i) => relative(root, resolve(root, dirname(file), i.replace(/\?raw$/, ''))));

const folderOf = (file: string) =>
  Object.keys(mayImport)
    .filter((f) => dirname(file) === f || file.startsWith(`${f}/`))
    .sort((a, b) => b.length - a.length)[0] ?? dirname(file);

function allowed(from: string, to: string): boolean {
  const folder = folderOf(from);
  if (open.has(folder) || to.startsWith(`${folder}/`)) return true;
  return (mayImport[folder] ?? []).some((rule) =>
    rule.endsWith('.ts') ? to === rule : rule.includes('/') ? to.startsWith(`${rule}/`) : dirname(to) === rule,
  );
}

describe('architecture', () => {
  it('imports go only in the drawn direction', () => {
    const wrong = sources.flatMap((from) =>
      localImports(from)
        .filter((to) => !allowed(from, to))
        .map((to) => `${from} -> ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('node: is imported only by hosts', () => {
    const builtins = new Set(builtinModules);
    const wrong = sources
      .filter((f) => !nodeAllowed.some((a) => f === a || f.startsWith(`${a}/`)))
      .filter((f) => importsOf(f).some((i) => i.startsWith('node:') || builtins.has(i)));
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(sources.map((f) => [f, localImports(f)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file)) return;
      done.add(file);
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps files under 350 lines, nine of ten under 250', () => {
    const lengths = files.filter((f) => !isGenerated(f)).map((f) => ({ f, n: text(f).split('\n').length }));
    expect(lengths.filter((x) => x.n > 350).map((x) => `${x.f}: ${x.n}`)).toEqual([]);
    const sorted = lengths.map((x) => x.n).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.9)] ?? 0).toBeLessThanOrEqual(250);
  });

  it('keeps functions under 60 lines', () => {
    expect(sources.filter((f) => !isGenerated(f)).flatMap(longFunctions)).toEqual([]);
  });

  it('has no default exports and no machine paths (any is refused by the linter)', () => {
    const wrong = files.filter((f) => /\bexport default\b|\/(home|root|work)\//.test(text(f)));
    expect(wrong).toEqual([]);
  });

  it('bundles what the site uses for a browser', async () => {
    const entry = sources.filter((f) =>
      /^(mesh\/(?!host\/)|runner\/(lab|observe|check|plan|explain|place\/sim)\/|site\/aids\/)/.test(f),
    );
    const result = await build({
      stdin: { contents: entry.map((f) => `import './${f}';`).join('\n'), resolveDir: root },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
    expect(result.errors).toEqual([]);
  });
});

/** Functions by indentation: a line that opens a function body, closed by a brace in the same column. */
function longFunctions(file: string): string[] {
  const lines = text(file).split('\n');
  return lines.flatMap((line, start) => {
    if (
      !/(function\b.*|=>|^\s+(?:async |static |get |private |#)*[\w#]+\(.*\)[^=]*)\s*\{$/.test(line) ||
      /^\s*(if|for|while|switch|describe|it)\b/.test(line)
    )
      return [];
    const indent = line.match(/^\s*/)?.[0] ?? '';
    const end = lines.findIndex((l, i) => i > start && l.startsWith(`${indent}}`));
    return end - start + 1 > 60 ? [`${file}:${start + 1} (${end - start + 1} lines)`] : [];
  });
}
