import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../lab/load.ts';
import { lintLab } from './lint.ts';

const root = resolve(import.meta.dirname, '../..');
const catalogue = await loadCatalogue(
  {
    readFile: (path) => readFile(join(root, path), 'utf8').catch(() => undefined),
    readDir: (path) => readdir(join(root, path)).catch(() => []),
  },
  'labs',
);

describe('the catalogue', () => {
  it('can be loaded', () => {
    expect(catalogue.problems).toEqual([]);
    expect(catalogue.labs.map((lab) => lab.id)).toEqual(expect.arrayContaining(['canary', 'strict-mtls']));
  });

  it.each(catalogue.labs.map((lab) => [lab.id, lab] as const))('%s passes lint', (_, lab) => {
    expect(lintLab(lab)).toEqual([]);
  });
});
