import { describe, expect, it } from 'vitest';
import { pathText } from '../../kube/schema/field.ts';
import { nameOf } from '../../kube/schema/problems.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { contextOf } from './analyze.ts';
import type { Message } from './context.ts';
import { objectOf } from './testing/case.ts';
import { cases } from './testing/cases.ts';

const told = ({ code, object, path, args }: Message) =>
  `${code} ${nameOf(object)} ${pathText(path)}: ${Object.values(args).map(String).join(' | ')}`;

describe.each([...new Set(cases.map(({ analyzer }) => analyzer))])('$name', (analyzer) => {
  it.each(cases.filter((c) => c.analyzer === analyzer))('$name ($from)', ({ given, mesh, want }) => {
    const context = contextOf(given.map(objectOf), { mesh: installedMeshConfig(mesh), now: 0 });
    expect(analyzer.analyze(context).map(told)).toEqual(want);
  });
});
