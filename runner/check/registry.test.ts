import { describe, expect, it } from 'vitest';
import { evidenceOf, stream } from '../../test/support/observed.ts';
import type { Check } from '../lab/lab.ts';
import type { Evidence } from './kind.ts';
import { checkKinds, judge, judgeOf } from './registry.ts';

const base = { id: 'x', title: 'x', at: {}, dataPlanes: [] };
const ask = { question: '?', part: 'listener' as const, from: 'curl', url: 'http://customers/', wrong: ['x'] };
const counter = (value: number) =>
  new Map([
    ['cluster.a.upstream_rq_total', value],
    ['other', 99],
  ]);
const grown = { needs: 'stats' as const, proxies: [{ proxy: 'a', stats: counter(7), before: counter(4) }] };

const message = (code: string) => ({
  ...{ code, level: 'Warning' as const, kind: 'VirtualService', namespace: 'default', name: 'a', message: 'm' },
});

/** A check of each kind; evidence by which it passes, and by which it fails. */
const table: [keyof typeof checkKinds, Check, Evidence, Evidence][] = [
  [
    'response',
    { ...base, needs: 'observations', traffic: 'calls', expect: { status: 200 } },
    evidenceOf(stream([{}])),
    evidenceOf(stream([{ status: 404 }])),
  ],
  [
    'share',
    {
      ...base,
      needs: 'observations',
      traffic: 'calls',
      expect: { share: { by: 'version', of: { v1: 1 }, alpha: 1e-6, beta: 1e-6 } },
    },
    evidenceOf(stream(Array(300).fill({ version: 'v1' })), { sample: 'sequential' }),
    evidenceOf(stream([{ version: 'v2' }]), { sample: 'sequential' }),
  ],
  [
    'object',
    { ...base, needs: 'objects', object: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', count: { max: 0 } } },
    { needs: 'objects', objects: [], before: [] },
    { needs: 'objects', objects: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }], before: [] },
  ],
  [
    'config',
    { ...base, needs: 'config', config: { proxy: 'curl', listener: { name: 'x', absent: true } } },
    { needs: 'config', proxies: [{ proxy: 'a', configDump: {}, clusters: {}, certificates: {} }] },
    {
      needs: 'config',
      proxies: [
        {
          proxy: 'a',
          configDump: {
            configs: [{ '@type': 'x.ListenersConfigDump', static_listeners: [{ listener: { name: 'x' } }] }],
          },
          clusters: {},
          certificates: {},
        },
      ],
    },
  ],
  [
    'stats',
    {
      ...base,
      needs: 'stats',
      stats: { proxy: 'a', matching: 'upstream_rq', sum: { max: 7 }, increase: { min: 3, max: 3 } },
    },
    grown,
    { ...grown, proxies: [...grown.proxies, ...grown.proxies] },
  ],
  [
    'analyze',
    { ...base, needs: 'analysis', analyze: { code: 'IST0132', namespace: 'default' } },
    { needs: 'analysis', messages: [message('IST0132')] },
    { needs: 'analysis', messages: [message('IST0101')] },
  ],
  [
    'ask',
    { ...base, needs: 'answer', ask },
    { needs: 'answer', given: ' 0.0.0.0_80 ', computed: ['0.0.0.0_80'] },
    { needs: 'answer', given: '0.0.0.0_8080', computed: ['0.0.0.0_80'] },
  ],
];

describe('judge', () => {
  it('has a row for every kind', () => {
    expect(table.map(([kind]) => kind).sort()).toEqual(Object.keys(checkKinds).sort());
  });

  it.each(table)('%s finds its kind, passes and fails', (kind, check, good, bad) => {
    expect(judgeOf(check).kind).toBe(kind);
    expect(judge(check, good).verdict).toBe('passed');
    expect(judge(check, bad).verdict).toBe('failed');
    expect(judge(check, good).expected).toContain(judgeOf(check).describe());
  });

  it.each(table)('%s takes no other evidence for a pass', (_, check, good) => {
    const others = table.map(([, , evidence]) => evidence).filter((evidence) => evidence.needs !== good.needs);
    expect(others.map((evidence) => judge(check, evidence).verdict)).toEqual(others.map(() => 'error'));
  });

  it('takes a question that nobody has answered for undecided, and one without answer for an error', () => {
    const check: Check = { ...base, needs: 'answer', ask };
    expect(judge(check, { needs: 'answer', computed: ['x'] }).verdict).toBe('undecided');
    expect(judge(check, { needs: 'answer', given: '', computed: [] }).verdict).toBe('error');
  });

  it('takes no proxy for undecided', () => {
    const check: Check = { ...base, needs: 'stats', stats: { proxy: 'a', matching: 'x', sum: { max: 9 } } };
    expect(judge(check, { needs: 'stats', proxies: [] }).verdict).toBe('undecided');
  });
});
