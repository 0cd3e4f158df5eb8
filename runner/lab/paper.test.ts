import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryFs } from '../../test/support/lab-fixture.ts';
import { lintRules } from '../check/lint.ts';
import { loadLab, parseLab } from './load.ts';
import { fileReferences } from './resolve/files.ts';

/**
 * The seven labs on paper (lab-format.md): stages, traffic during a change, actions, decision tables, typed answers and
 * planted faults, before the format is frozen. Their manifests are not written; here each file holds one object of the same
 * name, so that everything else that a lab names must fit together.
 */
const folder = join(import.meta.dirname, '../../test/golden/paper-labs');
const names = readdirSync(folder).map((file) => file.replace('.yaml', ''));
const anything = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

function paperFs(id: string) {
  const text = readFileSync(join(folder, `${id}.yaml`), 'utf8');
  const { lab } = parseLab(text, `${id}.yaml`);
  const files: { [path: string]: string } = { [`labs/${id}/lab.yaml`]: text };
  for (const app of lab?.apps ?? []) {
    files[`labs/_apps/${app}/app.yaml`] = `name: ${app}\nmanifests: [a.yaml]\n`;
    files[`labs/_apps/${app}/a.yaml`] = anything;
  }
  if (lab) for (const { name } of fileReferences(lab)) files[`labs/${id}/${name}`] = anything;
  return memoryFs(files);
}

describe('labs on paper', () => {
  it('are the seven', () => {
    expect(names.sort()).toEqual([
      'access-control',
      'authz-semantics',
      'auto-mtls',
      'debug-checklist',
      'install-ambient',
      'outlier-ejection',
      'proxy-config-walk',
    ]);
  });

  it.each(names)('%s fits the schema', (id) => {
    expect(parseLab(readFileSync(join(folder, `${id}.yaml`), 'utf8'), `${id}.yaml`).problems).toEqual([]);
  });

  it.each(names)('%s names only what it has', async (id) => {
    const lab = await loadLab(paperFs(id), 'labs', id);
    expect(lab.steps.flatMap((step) => step.checks)).toHaveLength(lab.checks.length);
    const aboutObjects = ['senders', 'versions', 'needs', 'objects'];
    const rules = lintRules.filter((rule) => !aboutObjects.includes(rule.name));
    expect(rules.flatMap((rule) => rule.problems(lab, {}))).toEqual([]);
  });
});
