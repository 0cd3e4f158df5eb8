import { describe, expect, it } from 'vitest';
import { seededRandom } from '../world/random.ts';
import type { KindInfo } from './kind-info.ts';
import { generatedName, nameCauses, timestamp, uuid } from './naming.ts';

const info = (apiVersion: string, kind: string): KindInfo => ({
  apiVersion,
  kind,
  plural: '',
  singular: '',
  shortNames: [],
  namespaced: true,
});

describe('names', () => {
  const cases: [apiVersion: string, kind: string, name: string, fits: boolean][] = [
    ['v1', 'ConfigMap', 'a.b-c.1', true],
    ['v1', 'ConfigMap', '-a', false],
    ['v1', 'ConfigMap', 'A', false],
    ['v1', 'ConfigMap', '', false],
    ['v1', 'ConfigMap', 'a'.repeat(253), true],
    ['v1', 'ConfigMap', 'a'.repeat(254), false],
    ['v1', 'Namespace', 'team-a', true],
    ['v1', 'Namespace', 'team.a', false],
    ['v1', 'Namespace', 'a'.repeat(64), false],
    ['v1', 'Service', '1st', false],
    ['v1', 'Service', 'first', true],
    ['apps/v1', 'Deployment', '1st', true],
    ['networking.istio.io/v1', 'ServiceEntry', 'api.example.com', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:node', true],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'a/b', false],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', '..', false],
  ];
  it.each(cases)('%s %s %j fits: %s', (apiVersion, kind, name, fits) => {
    expect(nameCauses(info(apiVersion, kind), name).length === 0).toBe(fits);
  });

  it('says what is wrong as the API server does', () => {
    expect(nameCauses(info('v1', 'Pod'), 'My_Pod')).toEqual([
      {
        field: 'metadata.name',
        message: expect.stringMatching(/^Invalid value: "My_Pod": a lowercase RFC 1123 subdomain must consist of/),
      },
    ]);
    expect(nameCauses(info('v1', 'Pod'), '')[0]?.message).toBe('Required value: name or generateName is required');
  });
});

it('generates names with five safe characters, within 63', () => {
  expect(generatedName('web-', seededRandom(1))).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(generatedName('w'.repeat(80), seededRandom(1))).toHaveLength(63);
});

it('makes version 4 uuids, the same from the same seed', () => {
  const random = seededRandom(3);
  const all = Array.from({ length: 500 }, () => uuid(random));
  for (const id of all) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(all).size).toBe(500);
  expect(uuid(seededRandom(3))).toBe(all[0]);
});

it('writes times in whole seconds', () => {
  expect(timestamp(Date.parse('2026-01-02T03:04:05.999Z'))).toBe('2026-01-02T03:04:05Z');
});
