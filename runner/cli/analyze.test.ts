import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/run-command.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mesh-labs-analyze-'));
});
afterEach(() => rm(cwd, { recursive: true }));

/** Writes the files and analyzes them. */
async function analyze(files: { [name: string]: string }, ...flags: string[]) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  const manifests = Object.keys(files).filter((name) => name !== 'mesh-config.yaml');
  return runCommand(['analyze', '-f', ...manifests, ...flags], { deps: { cwd } });
}

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  hosts: [web]
  gateways: [edge]
  http:
  - route:
    - destination: {host: web, subset: v9}
`;
const service =
  '---\napiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: shop}\nspec: {ports: [{port: 80}]}\n';

describe('mesh-labs analyze', () => {
  it('prints level, code, object, place and fix, and ends with 1 for an error', async () => {
    const { code, out } = await analyze({ 'a.yaml': route });
    expect(code).toBe(1);
    expect(out).toBe(`Error [IST0101] (VirtualService shop/web a.yaml:6:14) Referenced gateway not found: "edge"
  fix Correct the name or its namespace, or create what is missing.
Error [IST0101] (VirtualService shop/web a.yaml:9:40) Referenced host+subset in destinationrule not found: "web+v9"
  fix Correct the name or its namespace, or create what is missing.
Warning [IST0132] (VirtualService shop/web a.yaml:6:14) one or more host [web] defined in VirtualService shop/web not found in Gateway shop/edge.
  fix Add the hosts to a server of the Gateway, or correct the VirtualService's hosts.
`);
  });

  it('joins files, and looks at Services only when told that this is everything', async () => {
    const files = { 'a.yaml': route, 'b.yaml': service };
    const part = await analyze(files);
    expect(part.out).toMatch(/\d+ analyzers that look at Services.* add --complete\.\n$/);
    expect(part.out).not.toContain('not found: "web"\n');
    const all = await analyze(files, '--complete');
    expect(all.out).toContain('(VirtualService shop/web a.yaml:9:27) Referenced host not found: "web"\n');
    expect(all.out).toContain('Info [IST0118] (Service shop/other b.yaml:5:23)');
    expect(all.out).not.toContain('--complete');
  });

  it('ends with 0 when nothing is worse than a warning', async () => {
    const fine = route.replace('  gateways: [edge]\n', '').replace(', subset: v9', '');
    expect(await analyze({ 'a.yaml': fine })).toMatchObject({
      code: 0,
      out: '✔ No validation issues found when analyzing a.yaml.\n',
    });
    const filter = 'apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: a}\nspec: {}';
    const warned = await analyze({ 'a.yaml': filter });
    expect([warned.code, warned.out]).toEqual([0, expect.stringMatching(/^Warning \[IST0133\]/)]);
  });

  it('tells what the API server would refuse: fields, and rules of CRDs', async () => {
    const { code, out } = await analyze({
      'a.yaml': route.replace('hosts:', 'host:'),
      'b.yaml':
        'apiVersion: gateway.networking.k8s.io/v1\nkind: TCPRoute\nmetadata: {name: a}\nspec: {rules: [{backendRefs: [{name: b}]}]}',
    });
    expect(code).toBe(1);
    expect(out).toContain(
      'Error [SCHEMA] (VirtualService shop/web a.yaml:5:3) unknown field "spec.host"\n  fix did you mean "hosts"?',
    );
    expect(out).toContain(
      'Error [SCHEMA] (TCPRoute a b.yaml:4:31) spec.rules[0].backendRefs[0]: Invalid value: Must have port for Service reference\n',
    );
  });

  it('leaves alone kinds that are neither of the box nor of Istio', async () => {
    const job = 'apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {anything: 1}';
    expect((await analyze({ 'a.yaml': job })).code).toBe(0);
  });

  it('as JSON has what istioctl has, and more', async () => {
    const { code, out } = await analyze({ 'a.yaml': route }, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)[0]).toEqual({
      code: 'IST0101',
      documentationUrl: 'https://istio.io/latest/docs/reference/config/analysis/ist0101/',
      level: 'Error',
      message: 'Referenced gateway not found: "edge"',
      origin: 'VirtualService shop/web',
      reference: 'a.yaml:6',
      name: 'ReferencedResourceNotFound',
      file: 'a.yaml',
      line: 6,
      column: 14,
      path: 'spec.gateways[0]',
      args: { type: 'gateway', name: 'edge' },
      fix: 'Correct the name or its namespace, or create what is missing.',
    });
  });

  it('follows the mesh config', async () => {
    const files = {
      'a.yaml': 'apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a}\nspec: {accessLogging: [{}]}',
      'mesh-config.yaml': 'defaultProviders: {accessLogging: [envoy]}',
    };
    expect((await analyze(files)).out).toContain('IST0157');
    expect((await analyze(files, '--mesh-config', 'mesh-config.yaml')).out).not.toContain('IST0157');
  });

  it.each([
    ['a missing file', {}, ['gone.yaml'], /no file gone\.yaml/],
    ['broken YAML', { 'a.yaml': 'kind: [' }, [], /a\.yaml:1/],
    ['no objects', { 'a.yaml': 'a: b' }, [], /`apiVersion` is missing/],
  ])('ends with 2 for %s', async (_what, files, more, wanted) => {
    const { code, err } = await analyze(files, ...more);
    expect([code, err]).toEqual([2, expect.stringMatching(wanted)]);
  });
});
