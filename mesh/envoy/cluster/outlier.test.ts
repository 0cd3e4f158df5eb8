import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type Mini, mini, ok, status } from '../testing/mini.ts';

const base = { consecutive5xx: 3, interval: '1s', baseEjectionTime: '10s', maxEjectionPercent: 100 };
const hosts = (n: number) => [status(500), ...Array.from({ length: n - 1 }, () => ok)];
const withDetection = (apps: ReturnType<typeof hosts>, outlierDetection: JsonObject, cluster: JsonObject = {}) =>
  mini({ apps, cluster: { lbPolicy: 'ROUND_ROBIN', outlierDetection, ...cluster } });
const errors = async (m: Mini, n: number): Promise<number> =>
  (await m.inTurn(n)).filter((o) => o.status !== 200).length;

describe('outlier detection', () => {
  // Rule: (ejected + 1) / hosts <= maxEjectionPercent (curriculum 0.6-3, measured).
  it.each([
    ['2 hosts, default 10 %', 2, {}, 100],
    ['3 hosts, default 10 %', 3, {}, 67],
    ['2 hosts, 49 %', 2, { maxEjectionPercent: 49 }, 100],
    ['2 hosts, 50 %', 2, { maxEjectionPercent: 50 }, 3],
    ['3 hosts, 33 %', 3, { maxEjectionPercent: 33 }, 67],
    ['3 hosts, 34 %', 3, { maxEjectionPercent: 34 }, 3],
    ['10 hosts, default 10 %', 10, {}, 3],
    ['the last host may go when one always may', 2, { maxEjectionPercent: 1, alwaysEjectOneHost: true }, 3],
    ['a threshold of 5', 2, { maxEjectionPercent: 100, consecutive5xx: 5 }, 5],
    ['not enforced', 2, { maxEjectionPercent: 100, enforcingConsecutive5xx: 0 }, 100],
    [
      'gateway errors are not what fails',
      2,
      {
        maxEjectionPercent: 100,
        consecutive5xx: 1000,
        consecutiveGatewayFailure: 3,
        enforcingConsecutiveGatewayFailure: 100,
      },
      100,
    ],
  ])('%s', async (_, n, detection, failures) => {
    const { maxEjectionPercent: _omitted, ...rest } = base;
    const m = withDetection(hosts(n), { ...rest, ...detection });
    expect(Math.abs((await errors(m, n === 3 ? 200 : n === 10 ? 1000 : 200)) - failures)).toBeLessThanOrEqual(
      failures > 10 ? 1 : 0,
    );
  });

  it('counts gateway errors on their own', async () => {
    const m = withDetection([status(503), ok], {
      ...base,
      consecutive5xx: 1000,
      consecutiveGatewayFailure: 3,
      enforcingConsecutiveGatewayFailure: 100,
    });
    expect(await errors(m, 100)).toBe(3);
    expect(m.sim.admin('client').stats('outlier.*(gateway|active)')).toEqual(
      new Map([
        ['cluster.c.outlier_detection.ejections_active', 1],
        ['cluster.c.outlier_detection.ejections_detected_consecutive_gateway_failure', 1],
        ['cluster.c.outlier_detection.ejections_enforced_consecutive_gateway_failure', 1],
      ]),
    );
  });

  it('all ejected without panic: UH; with panic: all are asked', async () => {
    const all = withDetection([status(500), status(500)], base);
    const seen = await all.inTurn(8);
    expect(seen.map((o) => o.flags ?? o.status)).toEqual([500, 500, 500, 500, 500, 500, 'UH', 'UH']);
    const panic = withDetection([status(500), status(500)], base, { commonLbConfig: {} });
    expect((await panic.inTurn(20)).map((o) => o.status)).toEqual(Array(20).fill(500));
  });

  it('a success between errors starts the count again', async () => {
    let n = 0;
    const flaky = () => ({ status: ++n % 3 === 0 ? 200 : 500 });
    const m = withDetection([flaky, ok], base);
    await m.inTurn(100);
    expect(m.seen[0]?.length).toBe(50);
  });

  it('comes back after base time × ejections, at a sweep', async () => {
    const m = withDetection([status(500), ok], base);
    const ejected = () =>
      m.sim.admin('client').stats('ejections_active').get('cluster.c.outlier_detection.ejections_active');
    const secondsUntilBack = async () => {
      await m.inTurn(10);
      expect(ejected()).toBe(1);
      for (let s = 1; ; s++) {
        await m.sim.runFor(1000);
        if (ejected() === 0) return s;
      }
    };
    expect([await secondsUntilBack(), await secondsUntilBack(), await secondsUntilBack()]).toEqual([10, 20, 30]);
  });

  it('connection failures count as 503, or on their own when split', async () => {
    const endpoints = [{ endpoint: { address: { socketAddress: { address: '10.0.1.9', portValue: 1 } } } }];
    const failures = async (outlierDetection: JsonObject) =>
      (await mini({ endpoints, cluster: { outlierDetection } }).inTurn(10)).filter((o) => o.flags === 'UF').length;
    expect(await failures(base)).toBe(3);
    expect(await failures({ ...base, splitExternalLocalOriginErrors: true })).toBe(5);
    expect(await failures({ ...base, splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailure: 2 })).toBe(2);
  });

  it('keeps the ejection when endpoints change', async () => {
    const m = withDetection(hosts(2), base);
    await m.inTurn(10);
    const { clusterStatuses } = m.sim.admin('client').clusters() as {
      clusterStatuses: { name: string; hostStatuses: { healthStatus: object }[] }[];
    };
    expect(clusterStatuses.find((c) => c.name === 'c')?.hostStatuses.map((h) => h.healthStatus)).toEqual([
      { edsHealthStatus: 'HEALTHY', failedOutlierCheck: true },
      { edsHealthStatus: 'HEALTHY' },
    ]);
  });

  // Rule: processSuccessRateEjections; judged is the interval that has ended.
  it.each<[string, number, JsonObject, number]>([
    ['success rate: one of ten is far off', 10, {}, 1],
    ['success rate: too few hosts', 4, {}, 0],
    ['success rate: too few requests', 10, { successRateRequestVolume: 200 }, 0],
    ['success rate: not so far off', 10, { successRateStdevFactor: 4000 }, 0],
    ['success rate: not enforced', 10, { enforcingSuccessRate: 0 }, 0],
    ['failure percentage', 10, { enforcingSuccessRate: 0, enforcingFailurePercentage: 100 }, 1],
    [
      'failure percentage: fails less',
      10,
      { enforcingSuccessRate: 0, enforcingFailurePercentage: 100, failurePercentageThreshold: 100 },
      0,
    ],
  ])('%s', async (_, n, detection, ejected) => {
    let asked = 0;
    const bad = () => ({ status: asked++ % 10 === 0 ? 200 : 500 });
    const rest = { consecutive5xx: 1000, interval: '1s', maxEjectionPercent: 100 };
    const m = withDetection([bad, ...hosts(n).slice(1)], { ...rest, ...detection });
    await m.inTurn(120 * n);
    await m.sim.runFor(1500);
    const stats = m.sim.admin('client').stats('ejections_active');
    expect(stats.get('cluster.c.outlier_detection.ejections_active')).toBe(ejected);
  });
});
