import { describe, expect, it } from 'vitest';
import { analyzeFacts } from '../lab/schema/facts.ts';
import { analyze } from './analyze.ts';
import type { AnalysisMessage } from './kind.ts';

const about = (code: string, kind: string, name: string, namespace = 'default'): AnalysisMessage => ({
  ...{ code, level: 'Warning', kind, name, namespace, message: 'm' },
});
const judge = (facts: object, messages: AnalysisMessage[]) =>
  analyze.judge({ needs: 'analysis', messages }, analyzeFacts.parse({ code: 'IST0132', ...facts }));
const web = about('IST0132', 'VirtualService', 'web');

/** Facts, messages that pass, messages that fail. */
const table: [string, object, AnalysisMessage[], AnalysisMessage[]][] = [
  ['a code', {}, [web], []],
  ['not another code', {}, [web], [about('IST0101', 'VirtualService', 'web')]],
  ['a kind', { kind: 'VirtualService' }, [web], [about('IST0132', 'Gateway', 'web')]],
  ['a name', { name: 'web' }, [web], [about('IST0132', 'VirtualService', 'shop')]],
  ['a namespace', { name: 'web', namespace: 'default' }, [web], [about('IST0132', 'VirtualService', 'web', 'other')]],
  ['an object without a namespace', { name: 'a' }, [about('IST0132', 'Namespace', 'a', '')], [web]],
  ['no such message', { absent: true }, [], [web]],
  ['no such message about this object', { absent: true, name: 'shop' }, [web], [about('IST0132', 'Gateway', 'shop')]],
];

describe('analyze', () => {
  it.each(table)('%s passes', (_, facts, good) => {
    expect(judge(facts, good).verdict).toBe('passed');
  });

  it.each(table)('%s fails', (_, facts, __, bad) => {
    expect(judge(facts, bad).verdict).toBe('failed');
  });

  it('says what it looks for and what it saw instead', () => {
    const { expected, measured, evidence } = judge({ kind: 'VirtualService', name: 'shop' }, [web]);
    expect(expected).toBe('analyze says IST0132 about VirtualService default/shop');
    expect(measured).toBe('no IST0132 among 1 message');
    expect(evidence).toEqual(['IST0132 at VirtualService default/web: m']);
  });
});
