import { describe, expect, it } from 'vitest';
import { objectsOf, shop } from '../../../test/support/istiod-mesh.ts';
import { isObject } from '../../json.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { buildSnapshot } from './build.ts';
import { proxyOf } from './proxy-of.ts';

const config = (name: string, namespace: string, spec: string) =>
  `{apiVersion: networking.istio.io/v1beta1, kind: ProxyConfig, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;
const root = config('root', 'istio-system', '{concurrency: 1, environmentVariables: {A: root, B: root}}');
const own = config('own', 'shop', '{concurrency: 2, environmentVariables: {B: own}}');
const other = config('other', 'bank', '{concurrency: 9}');
const selecting = config(
  'web',
  'shop',
  '{selector: {matchLabels: {app: web}}, image: {imageType: debug}, concurrency: 3}',
);
const nobody = config('none', 'shop', '{selector: {matchLabels: {app: none}}, concurrency: 8}');
const empty = config('empty', 'shop', '{selector: {}, concurrency: 7}');

/** What the sidecar of web announces. */
function announced(texts: string[], { annotation, injected }: { annotation?: string; injected?: string } = {}) {
  const objects = objectsOf([shop, ...texts].join('\n---\n'));
  const pod = objects.find((o) => o.kind === 'Pod' && o.metadata.name === 'web-v1');
  if (!pod || !isObject(pod.spec)) throw new Error('no pod');
  if (annotation) pod.metadata.annotations = { 'proxy.istio.io/config': annotation };
  if (injected)
    pod.spec = {
      ...pod.spec,
      initContainers: [{ name: 'istio-proxy', env: [{ name: 'PROXY_CONFIG', value: injected }] }],
    };
  const mesh = installedMeshConfig({
    defaultConfig: { concurrency: 0, proxyMetadata: { A: 'mesh', ISTIO_META_X: 'y' } },
  });
  const { metadata } = proxyOf(pod, buildSnapshot(objects, mesh));
  return { ...(metadata.PROXY_CONFIG as object), X: metadata.X };
}

describe('the ProxyConfig of a sidecar', () => {
  // EffectiveProxyConfig in istio pilot/pkg/model/proxy_config.go, ConstructProxyConfig of the agent.
  it.each<[string, string[], Parameters<typeof announced>[1], object]>([
    ['the mesh default', [other, nobody, empty], {}, { concurrency: 0, proxyMetadata: { A: 'mesh' }, X: 'y' }],
    ['that of the root namespace', [root], {}, { concurrency: 1, proxyMetadata: { A: 'root', B: 'root' } }],
    ['that of its namespace over it', [root, own], {}, { concurrency: 2, proxyMetadata: { A: 'root', B: 'own' } }],
    [
      'the one that selects it over both',
      [selecting, own, root],
      {},
      { concurrency: 3, image: { imageType: 'debug' } },
    ],
    ['the oldest of several', [own, config('younger', 'shop', '{concurrency: 4}')], {}, { concurrency: 2 }],
    ['its annotation last', [selecting], { annotation: '{concurrency: 5}' }, { concurrency: 5 }],
    ['what injection wrote', [own], { injected: '{"concurrency":6}' }, { concurrency: 6 }],
    [
      'its annotation over that',
      [],
      { injected: '{"concurrency":6}', annotation: 'concurrency: 5' },
      { concurrency: 5 },
    ],
    ['a variable for its metadata', [config('x', 'shop', '{environmentVariables: {ISTIO_META_X: z}}')], {}, { X: 'z' }],
    ['not an annotation that is no YAML', [own], { annotation: '{' }, { concurrency: 2 }],
  ])('is %s', (_what, objects, pod, want) => {
    expect(announced(objects, pod)).toMatchObject(want);
  });
});
