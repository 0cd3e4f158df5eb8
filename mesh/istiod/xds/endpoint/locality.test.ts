import { describe, expect, it } from 'vitest';
import type { LocalityLbSetting } from '../../model/destination-rule.ts';
import type { Endpoint } from '../../model/service.ts';
import { applyLocality, type LocalityGroup } from './locality.ts';

const group = (locality: string, labels: Endpoint['labels'] = {}): LocalityGroup => ({
  locality,
  endpoints: [{ labels, weight: 1 } as Endpoint],
  lbEndpoints: [{}],
  weight: 1,
  priority: 0,
});
const groups = [group('eu/a/x'), group('eu/a/y'), group('eu/b'), group('us/a'), group('ap/a')];
const applied = (setting: LocalityLbSetting, detects = true) =>
  applyLocality(
    groups,
    { kind: 'locality', setting, force: false },
    { client: { locality: 'eu/a/x', labels: {} }, detects },
  );

describe('priorities and weights of localities', () => {
  it.each<[string, LocalityLbSetting, boolean, number[]]>([
    ['the nearer first', {}, true, [0, 1, 2, 3, 3]],
    ['a region that failover names before others', { failover: [{ from: 'eu', to: 'us' }] }, true, [0, 1, 2, 3, 4]],
    ['all the same without outlier detection', {}, false, [0, 0, 0, 0, 0]],
  ])('%s', (_what, setting, detects, wanted) => {
    expect(applied(setting, detects).map((g) => g.priority)).toEqual(wanted);
  });

  it('have no gaps where no endpoint is as near', () => {
    const far = applyLocality(
      groups.slice(2),
      { kind: 'locality', setting: {}, force: false },
      {
        client: { locality: 'eu/a/x', labels: {} },
        detects: true,
      },
    );
    expect(far.map((g) => g.priority)).toEqual([0, 1, 1]);
  });

  it('are as distribute says, and what it does not name gets nothing', () => {
    const out = applied({ distribute: [{ from: 'eu/a/*', to: { 'eu/a/*': 80, 'us/*': 20 } }] });
    expect(out.map((g) => [g.weight, g.lbEndpoints.length])).toEqual([
      [40, 1],
      [40, 1],
      [1, 0],
      [20, 1],
      [1, 0],
    ]);
  });

  it.each([
    [['zone', 'rack'], { zone: 'a', rack: '1' }, 0],
    [['zone', 'rack'], { zone: 'a', rack: '2' }, 1],
    [['zone', 'rack'], { zone: 'b', rack: '1' }, 2],
    [['zone=b'], { zone: 'b' }, 0],
  ])('labels %j, an endpoint with %j', (failoverPriority, labels, priority) => {
    const both = [
      group('eu/a', { zone: 'a', rack: '1' }),
      group('eu/b', { zone: 'a', rack: '2' }),
      group('eu/c', labels),
    ];
    const client = { locality: '', labels: { zone: 'a', rack: '1' } };
    const out = applyLocality(
      both,
      { kind: 'locality', setting: { failoverPriority }, force: false },
      { client, detects: true },
    );
    expect(out.find((g) => g.locality === 'eu/c')?.priority).toBe(priority);
  });
});
