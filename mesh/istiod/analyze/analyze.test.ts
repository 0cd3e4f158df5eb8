import { describe, expect, it } from 'vitest';
import { installedMeshConfig } from '../mesh-config.ts';
import { analyze, leftOut } from './analyze.ts';
import { analyzers } from './registry.ts';
import { objectOf } from './testing/case.ts';

const run = (given: string[], complete = true) =>
  analyze(given.map(objectOf), { mesh: installedMeshConfig(), now: 0, complete }).map(
    ({ level, code, object }) => `${level} ${code} ${object.metadata.name}`,
  );
const undecided = 'Namespace a';

describe('analyze', () => {
  it('sorts by level, code and object, and tells nothing twice', () =>
    expect(
      run([
        'Namespace b',
        undecided,
        'Sidecar a/z {spec: {egress: [{hosts: [web]}, {hosts: [web]}]}}',
        'Service a/s {spec: {ports: [{port: 1}, {port: 1}]}}',
        'EnvoyFilter a/e {spec: {}}',
      ]),
    ).toEqual([
      'Error IST0106 z',
      'Error IST0106 z',
      'Warning IST0133 e',
      'Info IST0102 a',
      'Info IST0102 b',
      'Info IST0118 s',
    ]));

  it('takes files as a part of a cluster, as istioctl does', () => {
    expect(run([undecided], false)).toEqual([]);
    const left = leftOut().map(({ name }) => name);
    expect(left).toContain('injection.Analyzer');
    expect(left).not.toContain('virtualservice.GatewayAnalyzer');
    expect(left.length).toBeLessThan(analyzers.length);
  });

  it('says nothing about the namespaces of Kubernetes', () =>
    expect(run(['Namespace kube-system', 'Service kube-system/dns {spec: {ports: [{port: 1}]}}'])).toEqual([]));

  it.each([
    ['IST0118', []],
    ['IST0001,IST0118', []],
    ['*', []],
    ['IST0119', ['Info IST0118 s']],
  ])('is silenced by an annotation that says %s', (codes, want) =>
    expect(
      run([`Service a/s {annotations: {galley.istio.io/analyze-suppress: "${codes}"}, spec: {ports: [{port: 1}]}}`]),
    ).toEqual(want),
  );

  it('takes objects without a namespace as ones of default', () =>
    expect(
      run(['Gateway g {spec: {}}', 'Gateway default/g {spec: {}}']).filter((line) => line.includes('IST0101')),
    ).toHaveLength(2));

  it('stands nonsense', () => {
    const nonsense = [
      'Pod a/p {spec: 1}',
      'VirtualService a/v {spec: {http: {a: b}, hosts: x}}',
      'Gateway a/g {spec: [1]}',
    ];
    expect(() =>
      run([...nonsense, 'Secret a/s {data: 1}', 'ConfigMap a/istio-sidecar-injector {data: {values: "{"}}']),
    ).not.toThrow();
  });
});
