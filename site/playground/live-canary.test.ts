import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCanary } from './live-canary.ts';

const manifests = ['_apps/customers/customers.yaml', '_apps/curl/curl.yaml', 'canary/manifests/destination-rule.yaml'];
const texts = manifests.map((file) => readFileSync(`labs/${file}`, 'utf8'));

describe('the canary of the start page', async () => {
  const canary = await openCanary(texts, 1);

  it.each([
    [0, { v1: 200, v2: 0, failed: 0 }],
    [100, { v1: 0, v2: 200, failed: 0 }],
  ])('gives version 2 %i %% of the calls', async (v2, counted) => {
    await canary.split(v2);
    expect(await canary.send(200)).toEqual(counted);
  });

  it('draws between the versions', async () => {
    await canary.split(30);
    const { v1, v2, failed } = await canary.send(2000);
    expect([v1 + v2, failed]).toEqual([2000, 0]);
    // Binomial n = 2000, p = 0.3: outside of these once in 10^6 seeds; this seed is fixed.
    expect(v2).toBeGreaterThan(500);
    expect(v2).toBeLessThan(700);
  });
});
