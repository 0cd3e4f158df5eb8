import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Problem } from '../../mesh/problem.ts';
import { xdsCommand } from '../../runner/cli/commands/xds.ts';
import { xdsDiff } from '../support/xds-diff.ts';

const golden = join(import.meta.dirname, 'istiod');
const read = (path: string) => readFileSync(path, 'utf8');
interface Listed {
  name: string;
  type: string;
}

/** Our answers for all proxies of a scenario, by the command that people use. */
async function answers(folder: string): Promise<{ files: Map<string, string>; problems: Problem[] }> {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const mesh = join(folder, 'mesh.yaml');
  await xdsCommand(
    {
      file: [join(folder, 'input.yaml')],
      proxies: join(folder, 'proxies.yaml'),
      meshConfig: existsSync(mesh) ? mesh : undefined,
      output: 'out',
    },
    {
      readFile: async (path) => read(path),
      writeFile: async (path, text) => void files.set(path, text),
      out: () => {},
      problem: (problem) => problems.push(problem),
    },
  );
  return { files, problems };
}

describe.each(readdirSync(golden))('istiod answers %s', (scenario) => {
  const folder = join(golden, scenario);
  const sidecars = (parse(read(join(folder, 'proxies.yaml'))) as Listed[]).filter((p) => p.type === 'sidecar');
  const answered = answers(folder);

  it.each(sidecars)('$name is configured as by istiod', async ({ name }) => {
    const { files } = await answered;
    const got: unknown = JSON.parse(files.get(join('out', `${name}.json`)) ?? '{}');
    expect(xdsDiff(JSON.parse(read(join(folder, `${name}.json`))), got)).toEqual([]);
  });
});
