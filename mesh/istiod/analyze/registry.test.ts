import { describe, expect, it } from 'vitest';
import { installedMeshConfig } from '../mesh-config.ts';
import { contextOf } from './analyze.ts';
import { allCodes } from './codes.ts';
import type { AnalysisContext, Analyzer, Input, Message } from './context.ts';
import { analyzers } from './registry.ts';
import { objectOf } from './testing/case.ts';
import { cases } from './testing/cases.ts';

/** Runs a case and notes every kind that is asked for. */
function watched(analyzer: Analyzer, c: (typeof cases)[number]): { read: Set<Input>; messages: Message[] } {
  const read = new Set<Input>();
  const context = contextOf(c.given.map(objectOf), { mesh: installedMeshConfig(c.mesh), now: 0 });
  const watching: AnalysisContext = {
    now: context.now,
    all: (kind) => context.all(read.add(kind) && kind),
    find: (kind, name) => context.find(read.add(kind) && kind, name),
    get mesh() {
      read.add('MeshConfig');
      return context.mesh;
    },
  };
  return { read, messages: analyzer.analyze(watching) };
}

const empty: (typeof cases)[number] = { name: '', from: '', analyzer: analyzers[0] as Analyzer, given: [], want: [] };

describe('analyzers', () => {
  it('have names of their own and descriptions', () => {
    expect(new Set(analyzers.map(({ name }) => name)).size).toBe(analyzers.length);
    for (const { description, inputs } of analyzers) {
      expect(description.length).toBeGreaterThan(15);
      expect(new Set(inputs).size).toBe(inputs.length);
    }
  });

  it.each(analyzers)('$name reads what it declares, and nothing else', (analyzer) => {
    const own = cases.filter((c) => c.analyzer === analyzer);
    const read = [...own, empty].flatMap((c) => [...watched(analyzer, c).read]);
    expect([...new Set(read)].sort()).toEqual([...analyzer.inputs].sort());
  });

  it('are all tested by cases, but for the kinds of validation that its own tables test', () => {
    const tested = new Set(cases.map(({ analyzer }) => analyzer));
    const untested = analyzers.filter((a) => !tested.has(a) && !a.name.startsWith('schema.'));
    expect(untested.map(({ name }) => name)).toEqual([]);
  });
});

describe('codes', () => {
  it('are unique, well formed, described, and say what to do', () => {
    expect(new Set(allCodes.map(({ code }) => code)).size).toBe(allCodes.length);
    expect(new Set(allCodes.map(({ name }) => name)).size).toBe(allCodes.length);
    for (const { code, meaning, fix } of allCodes) {
      expect(code).toMatch(/^IST0\d{3}$/);
      expect(meaning, code).toMatch(/^\S.+\.$/);
      expect(fix, code).toMatch(/^[A-Z].+[.\w`]$/);
    }
  });

  it('are each raised by a case, with every argument in the message', () => {
    const messages = cases.flatMap((c) => watched(c.analyzer, c).messages);
    const raised = new Set(messages.map(({ code }) => code));
    expect(allCodes.map(({ code }) => code).filter((code) => !raised.has(code))).toEqual([]);
    for (const { code, message, args } of messages) {
      for (const value of Object.values(args).flat()) {
        const shown = JSON.stringify(String(value)).slice(1, -1);
        expect(message.includes(String(value)) || message.includes(shown), `${code}: ${value}`).toBe(true);
      }
    }
  });

  it('come from at least 40 cases', () => expect(cases.length).toBeGreaterThanOrEqual(40));
});
