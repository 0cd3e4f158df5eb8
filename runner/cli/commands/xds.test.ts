import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../mesh/problem.ts';
import { shop } from '../../../test/support/istiod-mesh.ts';
import { CommandError } from '../../fail.ts';
import type { XdsIo } from '../xds-world.ts';
import { type XdsOptions, xdsCommand } from './xds.ts';

const meta = 'metadata: {name: a, namespace: shop}';
const split = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: split, namespace: shop}, spec: {hosts: [catalog], http: [
  {timeout: 3s, route: [{destination: {host: catalog, subset: v1}, weight: 90}, {destination: {host: catalog, subset: v2}, weight: 10}]}]}}
---
{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: catalog, namespace: shop}, spec: {host: catalog,
  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}}`;
const entry = (name: string, more = '', labels = '{}') =>
  `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: ${name}, namespace: shop, labels: ${labels}}, spec: {` +
  `hosts: [${name}.example], location: MESH_EXTERNAL, ports: [{number: 80, name: http, protocol: HTTP}]${more}}}`;
const entries = [
  entry('b', ', resolution: DNS'),
  entry('a', ', resolution: DNS'),
  entry('none'),
  entry('own', ', resolution: STATIC, addresses: [240.240.0.1], endpoints: [{address: 192.0.2.1}]'),
  entry('not', ', resolution: DNS', '{networking.istio.io/enable-autoallocate-ip: "false"}'),
].join('\n---\n');

const files: { [path: string]: string } = {
  'mesh.yaml': shop,
  'split.yaml': split,
  'all/1.yaml': shop,
  'all/2.yaml': split,
  'all/3.yaml': '# nothing here',
  'bad.yaml': 'kind: [',
  'list.yaml': `kind: List\nitems:\n${shop
    .split('\n---\n')
    .map((line) => `- ${line}`)
    .join('\n')}`,
  'proxies.yaml': '- {name: a, namespace: shop, pod: web-v1}\n- {name: b, namespace: shop, pod: catalog-v2}',
  'vm.yaml': '- {name: vm, namespace: shop, pod: vm, ip: 192.0.2.1, labels: {app: vm}}',
  'no-list.yaml': 'a: b',
  'half.yaml': '- {name: a, namespace: shop, pod: b, ip: 10.0.0.1}\n- {name: a}',
  'config.yaml': 'trustDomain: example.org',
  'odd-config.yaml': 'trustDomain: 1',
  'unknown-field.yaml': `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${meta}\nspec:\n  host: [a]\n  hosts: [a]`,
  'refused.yaml': `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${meta}\nspec: {hosts: []}`,
  'near-kind.yaml': `apiVersion: networking.istio.io/v1\nkind: VirtualServise\n${meta}`,
  'foreign.yaml': `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n${meta}`,
  'live.yaml': `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: shop, uid: u}\nspec: {hosts: []}`,
  'untold.yaml': `{apiVersion: v1, kind: Service, metadata: {name: here}, spec: {ports: [{port: 80}]}}`,
  'delegates.yaml': `apiVersion: networking.istio.io/v1\nkind: VirtualService\n${meta}\nspec:\n  hosts: [a]\n  http: [{delegate: {name: nobody}}]`,
  'entries.yaml': entries,
  'route.yaml': `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, ${meta}, spec: {parentRefs: [{kind: Service, group: '', name: web}]}}`,
};

async function run(options: Partial<XdsOptions>, io: Partial<XdsIo> = {}) {
  const result = { out: '', written: new Map<string, string>(), problems: [] as Problem[] };
  await xdsCommand(
    { file: ['mesh.yaml'], ...options },
    {
      readFile: async (path) => files[path] ?? '',
      readDir: async (path) =>
        path.startsWith('all') ? ['1.yaml', '2.yaml', '3.yaml'] : path === 'none' ? [] : undefined,
      writeFile: async (path, text) => void result.written.set(path, text),
      out: (text) => {
        result.out += text;
      },
      problem: (problem) => result.problems.push(problem),
      ...io,
    },
  );
  return result;
}

const namesOf = (out: string) => (JSON.parse(out) as { clusters: { name: string }[] }).clusters.map((c) => c.name);
const catalog = 'outbound|80||catalog.shop.svc.cluster.local';

describe('mesh-labs xds', () => {
  it.each(['mesh.yaml', 'list.yaml', 'all', 'all/'])(
    'prints what the sidecar of a pod is sent, from %s',
    async (file) => {
      const { out } = await run({ file: [file], proxy: 'web-v1.shop' });
      expect(namesOf(out)).toContain(catalog);
    },
  );

  it('reads several files, and standard input', async () => {
    const { out } = await run({ file: ['-', 'split.yaml'], proxy: 'web-v1.shop' }, { readStdin: async () => shop });
    expect(namesOf(out)).toContain(catalog.replace('||', '|v1|'));
  });

  it('prints YAML', async () => {
    expect((await run({ proxy: 'web-v1.shop', output: 'yaml' })).out).toMatch(
      /^node:\n {2}id: sidecar~10\.244\.1\.1~web-v1\.shop~/,
    );
  });

  it('prints several proxies by name', async () => {
    expect(Object.keys(JSON.parse((await run({ proxies: 'proxies.yaml' })).out))).toEqual(['a', 'b']);
  });

  it('writes a file for each proxy, and the status of objects', async () => {
    const { written } = await run({ file: ['mesh.yaml', 'entries.yaml'], proxies: 'proxies.yaml', output: 'out/' });
    expect([...written.keys()]).toEqual(['out/a.json', 'out/b.json', 'out/status.json']);
    const status = JSON.parse(written.get('out/status.json') ?? '') as {
      name: string;
      status: { addresses: object };
    }[];
    expect(status.map((s) => [s.name, s.status.addresses])).toEqual([
      ['b', ['240.240.0.2', '2001:2::1'].map((value) => ({ host: 'b.example', value }))],
      ['a', ['240.240.0.3', '2001:2::2'].map((value) => ({ host: 'a.example', value }))],
    ]);
  });

  it('writes the status of routes', async () => {
    const { written } = await run({ file: ['mesh.yaml', 'route.yaml'], proxies: 'proxies.yaml', output: 'out' });
    const status = JSON.parse(written.get('out/status.json') ?? '') as { kind: string; name: string }[];
    expect(status).toMatchObject([
      { kind: 'HTTPRoute', name: 'a', status: { parents: [{ parentRef: { kind: 'Service', name: 'web' } }] } },
    ]);
  });

  it('tells where each part was written, when asked', async () => {
    const options = { file: ['mesh.yaml', 'split.yaml'], proxy: 'web-v1.shop', origins: true };
    const { origins } = JSON.parse((await run(options)).out) as { origins: { [pointer: string]: object } };
    expect(Object.values(origins)).toContainEqual({
      kind: 'VirtualService',
      namespace: 'shop',
      name: 'split',
      field: 'spec.http[0].timeout',
      file: 'split.yaml',
      line: 2,
      column: 13,
    });
    const { written } = await run({ ...options, output: 'out' });
    expect([...written.keys()]).toEqual(['out/web-v1.json', 'out/web-v1.origins.json', 'out/status.json']);
    expect(JSON.parse(written.get('out/web-v1.origins.json') ?? '')).toEqual(origins);
    expect(written.get('out/web-v1.json')).not.toContain('"origins"');
  });

  it('puts objects without a namespace into `default`', async () => {
    expect(namesOf((await run({ file: ['mesh.yaml', 'untold.yaml'], proxy: 'web-v1.shop' })).out)).toContain(
      'outbound|80||here.default.svc.cluster.local',
    );
  });

  it('knows workloads outside of Kubernetes', async () => {
    expect((await run({ proxies: 'vm.yaml' })).out).toContain(
      '"id": "sidecar~192.0.2.1~vm.shop~shop.svc.cluster.local"',
    );
  });

  it('follows the mesh config', async () => {
    expect((await run({ proxy: 'web-v1.shop', meshConfig: 'config.yaml' })).out).toContain('spiffe://example.org/');
  });

  it.each<[string, string[], Partial<XdsOptions>, string, object]>([
    [
      'of objects',
      ['delegates.yaml'],
      {},
      'VirtualService shop/a delegates to shop/nobody, which does not exist; the route is left out',
      { file: 'delegates.yaml', line: 1 },
    ],
    [
      'of the mesh config',
      [],
      { meshConfig: 'odd-config.yaml' },
      'mesh config: trustDomain is not a string',
      { file: 'odd-config.yaml' },
    ],
    [
      'of what a cluster has admitted',
      ['live.yaml'],
      {},
      'VirtualService shop/a: http, tcp or tls must be provided in virtual service',
      { file: 'live.yaml', line: 4 },
    ],
    [
      'of foreign kinds',
      ['foreign.yaml'],
      {},
      'no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1"; the object is left out',
      { file: 'foreign.yaml', line: 2 },
    ],
  ])('warns of problems %s, with their place', async (_what, more, options, what, where) => {
    const { problems, out } = await run({ file: ['mesh.yaml', ...more], proxy: 'web-v1.shop', ...options });
    expect(problems).toEqual([expect.objectContaining({ what, where: expect.objectContaining(where) })]);
    expect(namesOf(out)).toContain(catalog);
  });

  const at = (file: string, line: number, column: number) => ({ file, line, column });
  it.each<[string, Partial<XdsOptions>, RegExp, object, RegExp]>([
    ['no proxy', {}, /which proxy\?/, {}, /--proxy/],
    ['both flags', { proxy: 'web-v1.shop', proxies: 'proxies.yaml' }, /which proxy\?/, {}, /either/],
    [
      'an unknown pod',
      { proxy: 'nobody.shop' },
      /no pod nobody in namespace shop/,
      {},
      /name one of: catalog-v1\.shop, /,
    ],
    ['a misspelt pod', { proxy: 'wev-v1.shop' }, /no pod wev-v1/, {}, /did you mean web-v1\.shop\?/],
    ['the name of a workload', { proxy: 'catalog.shop' }, /no pod catalog /, {}, /did you mean catalog-v1\.shop\?/],
    ['a pod without namespace', { proxy: 'web-v1' }, /web-v1 has no namespace/, {}, /did you mean web-v1\.shop\?/],
    ['no pods at all', { file: ['split.yaml'], proxy: 'web.shop' }, /no pod web/, {}, /add the Pod/],
    ['broken YAML', { file: ['bad.yaml'] }, /This is not YAML/, at('bad.yaml', 1, 8), /Indent/],
    [
      'an unknown field',
      { file: ['unknown-field.yaml'] },
      /unknown field "spec.host"/,
      at('unknown-field.yaml', 5, 3),
      /did you mean "hosts"\?/,
    ],
    [
      'what istiod refuses',
      { file: ['refused.yaml'] },
      /http, tcp or tls must be provided/,
      at('refused.yaml', 4, 7),
      /^$/,
    ],
    [
      'a misspelt kind',
      { file: ['near-kind.yaml'] },
      /no matches for kind "VirtualServise"/,
      at('near-kind.yaml', 2, 7),
      /did you mean "VirtualService"\?/,
    ],
    ['a folder without manifests', { file: ['none'] }, /no manifest in none/, {}, /\.yaml/],
    ['proxies that are no list', { proxies: 'no-list.yaml' }, /not a list of proxies/, {}, /write/],
    ['half a proxy', { proxies: 'half.yaml' }, /needs name, namespace and pod/, at('half.yaml', 2, 3), /write/],
    [
      'an unknown profile',
      { proxy: 'web-v1.shop', profile: 'defualt' },
      /no profile defualt/,
      {},
      /Did you mean `default`/,
    ],
  ])('refuses %s', async (_what, options, what, where, fix) => {
    const failed = await run(options).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CommandError);
    const { problems, exitCode } = failed as CommandError;
    expect(exitCode).toBe(2);
    expect(problems[0]?.what).toMatch(what);
    expect(problems[0]?.where ?? {}).toMatchObject(where);
    expect(problems[0]?.fix ?? '').toMatch(fix);
  });
});
