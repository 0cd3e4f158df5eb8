import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { xdsDiff } from './xds-diff.ts';

const folder = join(import.meta.dirname, '../golden/istiod/a02-weighted-subsets');
const texts = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => readFileSync(join(folder, file), 'utf8'));

/** The yardstick's corruptions that this scenario has something for; each must be seen. */
const corruptions: [string, RegExp, string][] = [
  ['every weight 50', /"weight": ?\d+/g, '"weight": 50'],
  ['no client certificate', /"requireClientCertificate": ?true/g, '"requireClientCertificate": false'],
  ['retry counts 9', /"numRetries": ?\d+/g, '"numRetries": 9'],
  ['timeouts 9s', /"timeout": ?"[^"]*"/g, '"timeout": "9s"'],
  ['SANs changed', /"exact": ?"spiffe:[^"]*"/g, '"exact": "spiffe://x"'],
  ['load balancing changed', /"lbPolicy": ?"[^"]*"/g, '"lbPolicy": "MAGLEV"'],
  ['a field more', /"trafficDirection"/g, '"extra": 1, "trafficDirection"'],
];

describe('xdsDiff', () => {
  it.each(corruptions)('sees: %s', (_, find, replacement) => {
    const seen = texts.map((text) => xdsDiff(JSON.parse(text), JSON.parse(text.replace(find, replacement))).length);
    expect(Math.min(...seen)).toBeGreaterThan(0);
  });

  it('takes no notice of the order of keys, domains and named resources', () => {
    const want = { clusters: [{ name: 'a', type: 'EDS' }, { name: 'b' }], x: { domains: ['p', 'q'] } };
    const got = { x: { domains: ['q', 'p'] }, clusters: [{ name: 'b' }, { type: 'EDS', name: 'a' }] };
    expect(xdsDiff(want, got)).toEqual([]);
  });

  it.each([
    ['filters', { filters: [{ name: 'a' }, { name: 'b' }] }, { filters: [{ name: 'b' }, { name: 'a' }] }],
    [
      'routes of a virtual host',
      { virtualHosts: [{ routes: [{ name: 'a' }, { name: 'b' }] }] },
      { virtualHosts: [{ routes: [{ name: 'b' }, { name: 'a' }] }] },
    ],
  ])('sees the order of %s', (_, want, got) => {
    expect(xdsDiff(want, got)).not.toEqual([]);
  });

  it('takes undefined for absent, as JSON does', () => {
    expect(xdsDiff({ a: 1 }, { a: 1, b: undefined })).toEqual([]);
  });
});
