import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectations, goldenCases } from '../support/golden-case.ts';

/**
 * Every folder with an in.yaml is a case: what its objects change in the configuration of one proxy, split by xDS type.
 * `UPDATE_GOLDEN=1` writes the files anew; read the difference before you commit it.
 */
const cases = goldenCases();
const update = process.env.UPDATE_GOLDEN === '1';

describe.each(cases)('$name', (golden) => {
  it.each([...expectations(golden)])('%s', (file, text) => {
    const path = join(golden.folder, file);
    if (update) rmSync(path, { force: true });
    if (update && text !== '') writeFileSync(path, text);
    expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
  });

  it('names its rule and where Istio has it', () => {
    expect(golden.head).toMatchObject({ rule: expect.any(String), source: expect.stringMatching(/\.(go|proto|yaml)/) });
  });
});

describe('the cases', () => {
  const lengths = (folder: string) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(join(folder, file), 'utf8').split('\n').length);

  it('are at least 40, nine of ten files within 120 lines', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    const sorted = cases.flatMap(({ folder }) => lengths(folder)).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThanOrEqual(120);
  });
});
