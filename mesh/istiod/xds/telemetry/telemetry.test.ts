import { describe, expect, it } from 'vitest';
import type { LoggingRule, MetricsRule, TracingRule } from '../../model/telemetry.ts';
import { mergeLogs } from './merge-logs.ts';
import { allMetrics, mergeMetrics } from './merge-metrics.ts';
import { mergeTracing } from './merge-tracing.ts';

const by = (...names: string[]) => names.map((name) => ({ name }));
const client = { mode: 'CLIENT' };
const server = { mode: 'SERVER' };

/** istio pilot/pkg/model/telemetry_test.go, TestAccessLogging and TestAccessLoggingWithFilter. */
describe('access logs', () => {
  it.each<[string, LoggingRule[][], string[], { [provider: string]: string | boolean }]>([
    ['default providers', [], ['envoy'], { envoy: true }],
    ['nothing', [], [], {}],
    ['a rule without providers is about the defaults', [[{}]], ['envoy'], { envoy: true }],
    ['switched off', [[{ disabled: true }]], ['envoy'], { envoy: false }],
    ['the namespace over the mesh', [[{ providers: by('a') }], [{ providers: by('b') }]], [], { b: true }],
    ['off above, on below', [[{ providers: by('a'), disabled: true }], [{ providers: by('a') }]], [], { a: true }],
    ['two rules of one level', [[{ providers: by('a') }, { providers: by('b') }]], [], { a: true, b: true }],
    ['inherits the providers of the rule before', [[{ providers: by('a') }], [{ disabled: true }]], [], { a: false }],
    [
      'the last filter of a provider',
      [[{ providers: by('a'), filter: { expression: '1' } }], [{ providers: by('a'), filter: { expression: '2' } }]],
      [],
      { a: '2' },
    ],
    ['rules of the other direction count for nothing', [[{ providers: by('a'), match: client }]], ['envoy'], {}],
    [
      'on for both, off for servers',
      [[{ providers: by('a') }, { providers: by('a'), match: server, disabled: true }]],
      [],
      { a: false },
    ],
  ])('%s', (_what, levels, defaults, expected) => {
    const merged = mergeLogs(levels, defaults, 'SERVER');
    expect(Object.fromEntries([...merged].map(([name, s]) => [name, s.filter ?? !s.disabled]))).toEqual(expected);
  });
});

/** istio pilot/pkg/model/telemetry_test.go, TestTracing. */
describe('traces', () => {
  it('are the proxy’s own business without rule and default provider', () =>
    expect(mergeTracing([], {}, 'CLIENT')).toBeUndefined());

  it.each<[string, TracingRule[], object]>([
    ['the default provider', [], { provider: 'zipkin', disabled: false, useRequestId: true, istioTags: true }],
    ['a provider of its own', [{ providers: by('other', 'unused') }], { provider: 'other' }],
    [
      'later rules, field by field',
      [{ randomSamplingPercentage: 50 }, { enableIstioTags: false }],
      { sampling: 50, istioTags: false },
    ],
    ['zero is a word', [{ randomSamplingPercentage: 50 }, { randomSamplingPercentage: 0 }], { sampling: 0 }],
    ['tags are replaced as a whole', [{ customTags: { a: {} } }, { customTags: { b: {} } }], { customTags: { b: {} } }],
    ['servers only', [{ match: server, disableSpanReporting: true }], { disabled: false }],
    ['clients only', [{ match: client, disableSpanReporting: true }], { disabled: true }],
    ['no propagation', [{ disableContextPropagation: true }], { contextPropagation: false }],
  ])('%s', (_what, rules, expected) =>
    expect(mergeTracing(rules, { defaultProviders: { tracing: ['zipkin'] } }, 'CLIENT')).toMatchObject(expected),
  );
});

/** istio pilot/pkg/model/telemetry_metric_test.go and telemetry_test.go, TestTelemetryFilters. */
describe('metrics', () => {
  const merged = (rules: MetricsRule[], defaults = ['prometheus']) => mergeMetrics(rules, defaults, 'CLIENT');
  const ofPrometheus = (...rules: MetricsRule[]) => merged(rules).get('prometheus');

  it('are on by default and changed by nothing', () =>
    expect(ofPrometheus()).toEqual({ disabled: false, changes: [], reportingInterval: undefined, rule: undefined }));

  it.each<[string, MetricsRule[], boolean]>([
    ['all off', [{ overrides: [{ disabled: true }] }], true],
    [
      'off and on again by a later rule',
      [{ overrides: [{ disabled: true }] }, { overrides: [{ match: { metric: 'REQUEST_COUNT' } }] }],
      false,
    ],
    ['off for servers', [{ overrides: [{ match: server, disabled: true }] }], false],
    ['one metric off', [{ overrides: [{ match: { metric: 'REQUEST_COUNT' }, disabled: true }] }], false],
  ])('%s', (_what, rules, disabled) => expect(ofPrometheus(...rules)?.disabled).toBe(disabled));

  it('are changed one by one, sorted, the later word over the earlier', () => {
    const changes = ofPrometheus(
      { overrides: [{ tagOverrides: { a: { value: '1' }, b: { operation: 'REMOVE' } } }] },
      {
        overrides: [
          { match: { metric: 'REQUEST_COUNT' }, tagOverrides: { a: { value: '2' } } },
          { match: { customMetric: 'mine' }, disabled: true },
        ],
      },
    )?.changes;
    expect(changes?.map((c) => c.metric)).toEqual([...allMetrics, 'mine']);
    expect([...(changes?.find((c) => c.metric === 'REQUEST_COUNT')?.tags ?? [])]).toEqual([
      ['a', '2'],
      ['b', undefined],
    ]);
    expect([...(changes?.find((c) => c.metric === 'REQUEST_SIZE')?.tags ?? [])]).toEqual([
      ['a', '1'],
      ['b', undefined],
    ]);
  });

  it('only the providers that were named last count', () =>
    expect([...merged([{ providers: by('a') }, { providers: by('b') }, {}]).keys()]).toEqual(['b']));
});
