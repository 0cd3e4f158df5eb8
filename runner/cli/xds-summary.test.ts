import { describe, expect, it } from 'vitest';
import { shop } from '../../test/support/istiod-mesh.ts';
import { type XdsOptions, xdsCommand } from './commands/xds.ts';
import { describePart } from './xds-part.ts';
import type { XdsIo } from './xds-world.ts';

const rules = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: split, namespace: shop}, spec: {hosts: [catalog], http: [
  {route: [{destination: {host: catalog, subset: v1}, weight: 90}, {destination: {host: catalog, subset: v2}, weight: 10}]}]}}
---
{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: catalog, namespace: shop}, spec: {host: catalog,
  trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}}
---
{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: readers, namespace: shop}, spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}}`;
const files: { [path: string]: string } = { 'mesh.yaml': shop, 'rules.yaml': rules };

async function run(options: Partial<XdsOptions> = {}, terminal?: XdsIo['terminal']): Promise<string[]> {
  let out = '';
  await xdsCommand(
    { file: ['mesh.yaml', 'rules.yaml'], proxy: 'web-v1.shop', ...options },
    {
      readFile: async (path) => files[path] ?? '',
      writeFile: async () => {},
      out: (text) => {
        out += text;
      },
      problem: () => {},
      ...(terminal && { terminal }),
    },
  );
  return out.split('\n');
}
const plain = { columns: 80, paint: (_style: unknown, text: string) => text };

describe('the summary', () => {
  it('has the tables of istioctl in the order of a request', async () => {
    const lines = await run({ output: 'summary' });
    expect(lines.filter((line) => line.startsWith('#'))).toEqual(
      ['listeners', 'routes', 'clusters', 'endpoints', 'secret'].map((t) => `# istioctl proxy-config ${t} web-v1.shop`),
    );
    const name = 'catalog.shop.svc.cluster.local';
    expect(lines).toContain(`${name}     80       v2         outbound      EDS              catalog.shop`);
    expect(lines.find((line) => line.startsWith('10.244.2.2:8080'))).toMatch(/HEALTHY +OK +outbound\|80\|v2\|catalog/);
    expect(lines.find((line) => line.includes('split.shop'))).toMatch(/^80 +catalog\.shop/);
  });

  it('is what a terminal gets, within its width', async () => {
    const lines = await run({}, plain);
    expect(lines[0]).toBe('# istioctl proxy-config listeners web-v1.shop');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect((await run({ output: 'json' }, plain))[0]).toBe('{');
  });

  it('tells below each row what caused it, from the outside inwards', async () => {
    const lines = await run({ output: 'summary', origins: true });
    const below = (start: RegExp, count: number) => {
      const at = lines.findIndex((line) => start.test(line));
      return lines.slice(at + 1, at + 1 + count).map((line) => line.trim());
    };
    expect(below(/split\.shop$/, 4)).toEqual([
      'virtual host <- VirtualService shop/split spec.hosts  rules.yaml:1:116',
      'route <- VirtualService shop/split spec.http[0]  rules.yaml:2:3',
      'route.weightedClusters.clusters[0] <- VirtualService shop/split spec.http[0].route[0]  rules.yaml:2:12',
      'route.weightedClusters.clusters[0].weight 90 <- VirtualService shop/split spec.http[0].route[0].weight  rules.yaml:2:63',
    ]);
    expect(below(/^catalog.* v2 /, 2)).toEqual([
      'cluster <- DestinationRule shop/catalog spec.subsets[1]  rules.yaml:5:109',
      'circuitBreakers.thresholds[0].maxConnections 7 <- DestinationRule shop/catalog spec.trafficPolicy.connectionPool.tcp.maxConnections  rules.yaml:5:58',
    ]);
    const rule = 'AuthorizationPolicy shop/readers spec.rules[0]';
    expect(
      lines.find((line) => line.includes('http_connection_manager.rbac.rules') && line.includes(rule)),
    ).toBeDefined();
    expect(lines.find((line) => line.includes('rbac.rules <- ') && line.includes('rules.yaml:7:'))).toBeDefined();
  });

  it('does not repeat the causes of the row before', async () => {
    const lines = await run({ output: 'summary', origins: true });
    expect(lines.filter((line) => line === '    as above').length).toBeGreaterThan(0);
  });

  it('breaks causes that are wider than the terminal', async () => {
    const lines = await run({ origins: true }, plain);
    const at = lines.findIndex((line) => line.trim().startsWith('circuitBreakers'));
    expect(lines.slice(at, at + 3).map((line) => line.trimStart())).toEqual([
      'circuitBreakers.thresholds[0].maxConnections 7',
      '<- DestinationRule shop/catalog spec.trafficPolicy.connectionPool.tcp.maxConnections',
      'rules.yaml:5:58',
    ]);
  });
});

describe('names of parts', () => {
  const root = {
    listeners: [
      {
        filters: [
          {
            name: 'envoy.filters.network.x',
            typedConfig: { httpFilters: [{ name: 'a.rbac', typedConfig: { rules: 1 } }] },
          },
        ],
      },
    ],
    routes: [{ typedPerFilterConfig: { 'envoy.filters.http.fault': { abort: 1 } }, 'a/b': { 'x.y': true } }],
  };
  it.each([
    ['/listeners/0/filters/0/typedConfig/httpFilters/0/typedConfig/rules', 'listeners[0].x.rbac.rules', 1],
    ['/routes/0/typedPerFilterConfig/envoy.filters.http.fault/abort', 'routes[0].fault.abort', 1],
    ['/routes/0/a~1b/x.y', 'routes[0].a/b["x.y"]', true],
    ['/routes/7', 'routes[7]', undefined],
  ])('%s is %s', (pointer, name, value) => {
    expect(describePart(root, pointer)).toEqual({ name, value });
  });
});
