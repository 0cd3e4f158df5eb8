import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../world/random.ts';
import { Host } from '../cluster/host.ts';
import { Balancer, type BalancerConfig } from './balancer.ts';
import { maglev, ringHash } from './hashing.ts';
import { availability, priorityLoads } from './priorities.ts';
import { leastRequest, randomHost, roundRobin } from './simple.ts';
import type { LbContext, PickerOf } from './types.ts';
import { xxHash64 } from './xxhash.ts';

const host = (n: number, more: Partial<Host> = {}) => Object.assign(new Host({ ip: `10.0.0.${n}`, port: 80 }), more);
const hosts = (weights: number[]) => weights.map((weight, i) => host(i + 1, { weight }));
const context = (hash?: bigint): LbContext => ({
  hash: () => hash,
  hostSelectionAttempts: 0,
  destination: { ip: '', port: 0 },
});

function counts(picker: PickerOf, list: Host[], n = 10_000): number[] {
  const made = picker(list, seededRandom(7));
  const picked = Array.from({ length: n }, () => made.pick(context()));
  return list.map((h) => picked.filter((p) => p === h).length);
}

describe('algorithms', () => {
  it.each([
    ['round robin', roundRobin, [1, 1, 1, 1], [2500, 2500, 2500, 2500], 0],
    ['round robin by weight', roundRobin, [1, 2, 1], [2500, 5000, 2500], 2],
    ['random, weights ignored', randomHost, [1, 9], [5000, 5000], 250],
    ['least request, idle', leastRequest({ choices: 2, bias: 1 }), [1, 1], [5000, 5000], 250],
    ['least request by weight, idle', leastRequest({ choices: 2, bias: 1 }), [1, 3], [2500, 7500], 2],
    ['one host', leastRequest({ choices: 2, bias: 1 }), [5], [10_000], 0],
  ])('%s', (_, picker, weights, expected, slack) => {
    for (const [i, n] of counts(picker, hosts(weights)).entries())
      expect(Math.abs(n - (expected[i] ?? 0))).toBeLessThanOrEqual(slack);
  });

  it('least request avoids the busy host: 1/4 of picks with two hosts', () => {
    const list = [host(1, { active: 5 }), host(2)];
    const [busy = 0] = counts(leastRequest({ choices: 2, bias: 1 }), list);
    expect(Math.abs(busy - 2500)).toBeLessThan(220);
  });

  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
    ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
  ])('xxHash64 of %j', (text, hash) => expect(xxHash64(text).toString(16)).toBe(hash));
});

describe.each([
  ['ring hash', ringHash({ minimum: 1024, maximum: 8_388_608, byHostname: false }), 0.25, 0.15],
  ['maglev', maglev({ tableSize: 65_537, byHostname: false }), 0.06, 0.15],
])('%s', (_, picker, slack, moves) => {
  const share = (list: Host[]) => {
    const made = picker(list, seededRandom(1));
    const picked = Array.from({ length: 4000 }, (_, i) => made.pick(context(xxHash64(`user ${i}`))));
    return { picked, share: list.map((h) => picked.filter((p) => p === h).length / 4000) };
  };

  it('spreads by weight', () => {
    for (const weights of [
      [1, 1, 1],
      [1, 2, 1],
    ])
      for (const [i, s] of share(hosts(weights)).share.entries()) {
        const wanted = (weights[i] ?? 0) / weights.reduce((a, b) => a + b);
        expect(Math.abs(s - wanted) / wanted).toBeLessThan(slack);
      }
  });

  it('keeps most of the assignment when a host leaves', () => {
    const list = hosts([1, 1, 1, 1]);
    const before = share(list).picked;
    const after = share(list.slice(0, 3)).picked;
    const moved = before.filter((h, i) => h !== list[3] && h !== after[i]).length;
    expect(moved / 4000).toBeLessThan(moves);
  });

  it('without a hash takes any host', () => {
    expect(
      new Set(Array.from({ length: 200 }, () => picker(hosts([1, 1]), seededRandom(3)).pick(context())?.key)).size,
    ).toBe(1);
    const made = picker(hosts([1, 1]), seededRandom(3));
    expect(new Set(Array.from({ length: 200 }, () => made.pick(context())?.key)).size).toBe(2);
  });
});

/** n hosts of which the first h are healthy. */
const level = (n: number, h: number) =>
  Array.from({ length: n }, (_, i) => host(i, { health: i < h ? 'healthy' : 'unhealthy' }));

describe('priorities', () => {
  // The tables of docs: intro/arch_overview/upstream/load_balancing/priority, overprovisioning 1.4.
  it.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [5, 0],
      [100, 0],
    ],
  ])('health %j takes %j', (health, loads) => {
    const levels = health.map((h) => availability(level(100, h)));
    expect(priorityLoads(levels, 140, 0).healthy).toEqual(loads);
  });

  it.each([
    ['no panic at threshold 0', 0, [100, 0], [false, false]],
    ['panic takes load by number of hosts', 50, [50, 50], [true, true]],
  ])('all down: %s', (_, threshold, loads, panic) => {
    const result = priorityLoads([availability(level(10, 0)), availability(level(10, 0))], 140, threshold);
    expect([result.healthy, result.panic]).toEqual([loads, panic]);
  });

  const balancer = (config: Partial<BalancerConfig>, groups: { weight: number; hosts: Host[] }[][]) => {
    const b = new Balancer(
      {
        picker: roundRobin,
        panicThreshold: 0,
        overprovisioning: 140,
        localityWeighted: false,
        consistent: false,
        ...config,
      },
      seededRandom(5),
    );
    const none = { region: '', zone: '', subZone: '' };
    b.update(groups.map((g) => g.map((l) => ({ ...l, locality: none }))));
    return (n: number) => {
      const picked = Array.from({ length: n }, () => b.pick(context()));
      return groups.map((g) => g.map((l) => picked.filter((p) => p && l.hosts.includes(p)).length));
    };
  };

  it('fails over to the next priority when the first has nobody', () => {
    expect(balancer({}, [[{ weight: 1, hosts: level(2, 0) }], [{ weight: 1, hosts: level(2, 2) }]])(100)).toEqual([
      [0],
      [100],
    ]);
  });

  it('in panic asks unhealthy hosts too', () => {
    const list = level(4, 1);
    const b = balancer({ panicThreshold: 50 }, [[{ weight: 1, hosts: list }]]);
    expect(b(100)).toEqual([[100]]);
    expect(balancer({ panicThreshold: 0 }, [[{ weight: 1, hosts: list.slice(1) }]])(10)).toEqual([[0]]);
  });

  it.each([
    ['by weight', [level(2, 2), level(2, 2)], [8000, 2000]],
    // Half of the first locality's hosts are down: weight 80 × 1.4 × 0.5 = 56 against 20.
    ['lowered by health', [level(2, 1), level(2, 2)], [7368, 2632]],
    ['a locality without healthy hosts', [level(2, 0), level(2, 2)], [0, 10_000]],
  ])('localities %s', (_, [near = [], far = []], expected) => {
    const [[a = 0, b = 0] = []] = balancer({ localityWeighted: true }, [
      [
        { weight: 80, hosts: near },
        { weight: 20, hosts: far },
      ],
    ])(10_000);
    expect([Math.abs(a - (expected[0] ?? 0)) <= 2, Math.abs(b - (expected[1] ?? 0)) <= 2]).toEqual([true, true]);
  });
});
