import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import type { Pod } from '../../kube/kinds/pod.ts';
import { servedKinds } from '../../kube/kinds.ts';
import { createAdmission } from '../../kube/schema/admit.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { inject } from './inject.ts';
import { injectRequired } from './required.ts';

type Labels = { [key: string]: string };
const mesh = installedMeshConfig();

function pod(over: { labels?: Labels; annotations?: Labels; spec?: object } = {}): Pod {
  const { labels = {}, annotations, spec } = over;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-v1-7f5d6c4b8-abcde',
      generateName: 'web-v1-7f5d6c4b8-',
      namespace: 'shop',
      labels: { 'pod-template-hash': '7f5d6c4b8', ...labels },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-v1-7f5d6c4b8', uid: 'u', controller: true },
      ],
    },
    spec: { containers: [{ name: 'app', image: 'example/web:1', ports: [{ containerPort: 8080 }] }], ...spec },
  };
}

const namespace = (labels: Labels, name = 'shop') => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

const enabled = { 'istio-injection': 'enabled' };
const inject_ = (value: string) => ({ 'sidecar.istio.io/inject': value });
const rev = (value: string) => ({ 'istio.io/rev': value });

describe('a sidecar is due', () => {
  // mutatingwebhook.yaml decides by labels, injectRequired (pkg/kube/inject/inject.go) by the pod.
  it.each<[string, boolean, { ns?: Labels; name?: string; labels?: Labels; annotations?: Labels; spec?: object }]>([
    ['no labels anywhere', false, {}],
    ['namespace enabled', true, { ns: enabled }],
    ['namespace disabled', false, { ns: { 'istio-injection': 'disabled' } }],
    ['namespace disabled wins over the pod', false, { ns: { 'istio-injection': 'disabled' }, labels: inject_('true') }],
    ['namespace of our revision', true, { ns: rev('default') }],
    ['namespace of another revision', false, { ns: rev('canary') }],
    ['both: istio-injection wins', true, { ns: { ...enabled, ...rev('canary') } }],
    [
      'both: istio-injection wins when disabled, too',
      false,
      { ns: { 'istio-injection': 'disabled', ...rev('default') } },
    ],
    ['pod label true', true, { labels: inject_('true') }],
    ['pod label false in an enabled namespace', false, { ns: enabled, labels: inject_('false') }],
    ['pod of our revision', true, { labels: rev('default') }],
    ['pod of another revision', false, { labels: rev('canary') }],
    ['pod of another revision that says true', false, { labels: { ...rev('canary'), ...inject_('true') } }],
    ['pod of our revision that says false', false, { labels: { ...rev('default'), ...inject_('false') } }],
    ['pod revision does not matter in a labelled namespace', true, { ns: enabled, labels: rev('canary') }],
    ['annotation true alone: no webhook looks', false, { annotations: inject_('true') }],
    ['annotation false in an enabled namespace', false, { ns: enabled, annotations: inject_('false') }],
    [
      'label true wins over annotation false',
      true,
      { ns: enabled, labels: inject_('true'), annotations: inject_('false') },
    ],
    ['annotation with another value', true, { ns: enabled, annotations: inject_('yes') }],
    ['label with another value', true, { ns: enabled, labels: inject_('random') }],
    ['empty label hides annotation false', true, { ns: enabled, labels: inject_(''), annotations: inject_('false') }],
    ['host network', false, { ns: enabled, spec: { hostNetwork: true } }],
    ['system namespace', false, { ns: enabled, name: 'kube-system' }],
  ])('%s: %s', (_name, want, { ns = {}, name, ...over }) => {
    expect(injectRequired(pod(over), namespace(ns, name))).toBe(want);
  });
});

describe('an injected pod', () => {
  const injected = (over: Parameters<typeof pod>[0] = {}) => inject(pod(over), namespace(enabled), mesh);

  it('has a native sidecar before its own init containers', () => {
    const { spec } = injected({ spec: { initContainers: [{ name: 'migrate', image: 'x:1' }] } });
    expect(spec?.initContainers?.map((c) => c.name)).toEqual(['istio-init', 'istio-proxy', 'migrate']);
    expect(spec?.initContainers?.[1]?.restartPolicy).toBe('Always');
    expect(spec?.containers.map((c) => c.name)).toEqual(['app']);
  });

  it.each([
    [{ 'sidecar.istio.io/nativeSidecar': 'false' }, ['istio-init'], ['app', 'istio-proxy']],
    [{ 'sidecar.istio.io/interceptionMode': 'NONE' }, ['istio-proxy'], ['app']],
  ])('with %o has init containers %j and containers %j', (annotations, init, containers) => {
    const { spec } = injected({ annotations });
    expect(spec?.initContainers?.map((c) => c.name)).toEqual(init);
    expect(spec?.containers.map((c) => c.name)).toEqual(containers);
  });

  it('keeps a customised proxy container and takes `auto` for its own image', () => {
    const containers = [
      { name: 'istio-proxy', image: 'auto', args: ['x'] },
      { name: 'app', image: 'a:1' },
    ];
    const proxy = injected({ spec: { containers } }).spec?.initContainers?.[1];
    expect(proxy).toMatchObject({ name: 'istio-proxy', args: ['x'] });
    expect(proxy?.image).toMatch(/proxyv2:/);
  });

  it.each<[string, Labels, string, string]>([
    ['the workload', {}, 'web-v1', 'latest'],
    ['app and version', { app: 'web', version: 'v1' }, 'web', 'v1'],
    [
      'the recommended labels',
      { app: 'web', 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/version': '2' },
      'shop',
      '2',
    ],
    [
      'its own',
      { app: 'web', 'service.istio.io/canonical-name': 'x', 'service.istio.io/canonical-revision': 'y' },
      'x',
      'y',
    ],
    ['at most 63 characters', { app: `${'a'.repeat(62)}-b` }, 'a'.repeat(62), 'latest'],
  ])('is named after %s', (_name, labels, name, version) => {
    expect(injected({ labels }).metadata.labels).toMatchObject({
      'security.istio.io/tlsMode': 'istio',
      'service.istio.io/canonical-name': name,
      'service.istio.io/canonical-revision': version,
    });
  });

  it('says what was added', () => {
    const { annotations = {} } = injected().metadata;
    expect(annotations).toMatchObject({
      'istio.io/rev': 'default',
      'kubectl.kubernetes.io/default-container': 'app',
      'prometheus.io/port': '15020',
    });
    expect(JSON.parse(annotations['sidecar.istio.io/status'] ?? '')).toMatchObject({
      initContainers: ['istio-init', 'istio-proxy'],
      containers: null,
      imagePullSecrets: null,
      revision: 'default',
    });
  });

  it.each([
    [{ 'prometheus.io/scrape': 'false' }, undefined],
    [{ 'prometheus.io/port': '9090' }, '15020'],
  ])('with %o is scraped at %s', (annotations, port) => {
    expect(injected({ annotations }).metadata.annotations?.['prometheus.io/port']).toBe(port);
  });

  it('is not injected twice', () => {
    const once = injected();
    expect(inject(once, namespace(enabled), mesh)).toBe(once);
  });

  it('is a valid pod', () => {
    const admit = createAdmission({ kinds: servedKinds });
    expect(() => admit(injected(), undefined, 'create')).not.toThrow();
  });

  it.each<[string, Labels, JsonObject, string, string]>([
    ['the default', {}, {}, 'proxyv2:', '{}'],
    ['a type of image', {}, { image: { imageType: 'debug' } }, '-debug', '{"image":{"imageType":"debug"}}'],
    ['the type in its annotation', { 'sidecar.istio.io/proxyImageType': 'distroless' }, {}, '-distroless', '{}'],
    [
      'an image of its own',
      { 'sidecar.istio.io/proxyImage': 'mine:1' },
      { concurrency: 2 },
      'mine:1',
      '{"concurrency":2}',
    ],
  ])('has %s in its proxy', (_what, annotations, defaultConfig, image, config) => {
    const proxy = inject(pod({ annotations }), namespace(enabled), installedMeshConfig({ defaultConfig })).spec
      ?.initContainers?.[1];
    expect(proxy?.image).toContain(image);
    expect(proxy?.env).toContainEqual({ name: 'PROXY_CONFIG', value: config });
  });
});

describe('a gateway by the template `gateway`', () => {
  const annotations = { 'inject.istio.io/templates': 'gateway' };
  const own = { name: 'istio-proxy', image: 'auto', ports: [{ containerPort: 8080 }] };
  const injected = (over: Parameters<typeof pod>[0] = {}) =>
    inject(pod({ annotations, labels: inject_('true'), spec: { containers: [own] }, ...over }), namespace({}), mesh);

  it('is a router, and captures nothing', () => {
    const { spec } = injected();
    expect(spec?.initContainers).toBeUndefined();
    expect(spec?.containers).toHaveLength(1);
    expect(spec?.containers[0]).toMatchObject({ name: 'istio-proxy', ports: [{ containerPort: 8080 }] });
    expect(spec?.containers[0]?.image).toMatch(/proxyv2:/);
    expect(spec?.containers[0]?.args?.slice(0, 2)).toEqual(['proxy', 'router']);
    expect(spec?.securityContext).toMatchObject({ sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start' }] });
  });

  it('does not say that callers should use mutual TLS', () => {
    expect(injected().metadata.labels).not.toHaveProperty('security.istio.io/tlsMode');
    expect(injected().metadata.labels).toMatchObject({ 'service.istio.io/canonical-name': 'web-v1' });
  });

  it('has its other containers beside it', () => {
    const containers = [own, { name: 'logs', image: 'l:1' }];
    expect(injected({ spec: { containers } }).spec?.containers.map((c) => c.name)).toEqual(['logs', 'istio-proxy']);
  });

  it('is none without injection', () => {
    const plain = pod({ annotations, spec: { containers: [own] } });
    expect(inject(plain, namespace({}), mesh)).toBe(plain);
  });
});
