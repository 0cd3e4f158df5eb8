import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../mesh/problem.ts';
import { shop } from '../../../test/support/istiod-mesh.ts';
import { CommandError } from '../../fail.ts';
import { type XdsOptions, xdsCommand } from './xds.ts';

const files: { [path: string]: string } = {
  'mesh.yaml': shop,
  'bad.yaml': 'kind: [',
  'list.yaml': `kind: List\nitems:\n${shop
    .split('\n---\n')
    .map((line) => `- ${line}`)
    .join('\n')}`,
  'proxies.yaml': '- {name: a, namespace: shop, pod: web-v1}\n- {name: b, namespace: shop, pod: catalog-v2}',
  'vm.yaml': '- {name: vm, namespace: shop, pod: vm, ip: 192.0.2.1, labels: {app: vm}}',
  'no-list.yaml': 'a: b',
  'half.yaml': '- {name: a}',
  'config.yaml': 'trustDomain: example.org',
};

async function run(options: Partial<XdsOptions>) {
  const io = { out: '', written: new Map<string, string>(), problems: [] as Problem[] };
  await xdsCommand(
    { file: ['mesh.yaml'], ...options },
    {
      readFile: async (path) => files[path] ?? '',
      writeFile: async (path, text) => void io.written.set(path, text),
      out: (text) => {
        io.out += text;
      },
      problem: (problem) => io.problems.push(problem),
    },
  );
  return io;
}

describe('mesh-labs xds', () => {
  it.each(['mesh.yaml', 'list.yaml'])('prints what the sidecar of a pod is sent, from %s', async (file) => {
    const { out } = await run({ file: [file], proxy: 'web-v1.shop' });
    const config = JSON.parse(out) as { clusters: { name: string }[] };
    expect(config.clusters.map((c) => c.name)).toContain('outbound|80||catalog.shop.svc.cluster.local');
  });

  it('prints YAML', async () => {
    expect((await run({ proxy: 'web-v1.shop', output: 'yaml' })).out).toMatch(
      /^node:\n {2}id: sidecar~10\.244\.1\.1~web-v1\.shop~/,
    );
  });

  it('writes a file for each proxy', async () => {
    expect([...(await run({ proxies: 'proxies.yaml', output: 'out' })).written.keys()]).toEqual([
      'out/a.json',
      'out/b.json',
    ]);
  });

  it('knows workloads outside of Kubernetes', async () => {
    expect((await run({ proxies: 'vm.yaml' })).out).toContain(
      '"id": "sidecar~192.0.2.1~vm.shop~shop.svc.cluster.local"',
    );
  });

  it('follows the mesh config', async () => {
    expect((await run({ proxy: 'web-v1.shop', meshConfig: 'config.yaml' })).out).toContain('spiffe://example.org/');
  });

  it('tells the problems of the objects', async () => {
    files['problem.yaml'] =
      `${shop}\n---\n{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: a, namespace: shop}, spec: {hosts: 1}}`;
    const { problems } = await run({ file: ['problem.yaml'], proxy: 'web-v1.shop' });
    expect(problems.map((p) => p.what)).toEqual([
      'ServiceEntry shop/a: spec.hosts is not a list; the field is ignored',
    ]);
  });

  it('leaves out what a cluster would refuse', async () => {
    files['refused.yaml'] =
      `${shop}\n---\n{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a, namespace: shop}, spec: {hosts: [catalog]}}`;
    const { problems } = await run({ file: ['refused.yaml'], proxy: 'web-v1.shop' });
    expect(problems.map((p) => p.what)).toEqual([
      'VirtualService shop/a would be refused and is left out: http, tcp or tls must be provided in virtual service',
    ]);
  });

  it.each<[string, Partial<XdsOptions>, RegExp]>([
    ['no proxy', {}, /which proxy\?/],
    ['both flags', { proxy: 'web-v1.shop', proxies: 'proxies.yaml' }, /which proxy\?/],
    ['an unknown pod', { proxy: 'nobody.shop' }, /no pod nobody in namespace shop/],
    ['a name without namespace', { proxy: 'web-v1' }, /no pod {2}in namespace web-v1/],
    ['broken YAML', { file: ['bad.yaml'], proxy: 'web-v1.shop' }, /./],
    ['proxies that are no list', { proxies: 'no-list.yaml' }, /not a list of proxies/],
    ['half a proxy', { proxies: 'half.yaml' }, /needs name, namespace and pod/],
    ['the ambient profile', { proxy: 'web-v1.shop', profile: 'ambient' }, /not made yet/],
  ])('refuses %s', async (_what, options, wanted) => {
    const failed = await run(options).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CommandError);
    expect(String((failed as CommandError).message)).toMatch(wanted);
  });
});
