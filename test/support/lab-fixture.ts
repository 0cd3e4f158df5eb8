import type { Problem } from '../../mesh/problem.ts';
import type { LabFs } from '../../runner/lab/fs.ts';
import type { Lab } from '../../runner/lab/lab.ts';
import { loadCatalogue } from '../../runner/lab/load.ts';

/** Files by path, as a loader reads them. */
export const memoryFs = (files: { [path: string]: string }): LabFs => ({
  readFile: async (path) => files[path],
  readDir: async (path) => {
    const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
    return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))];
  },
});

/** A small lab that is right in everything; tests change it. */
export const goodLab = `id: demo
title: Demo
module: routing
level: beginner
minutes: 5
tier: core
objectives: [Learn]
dataPlanes: [sidecar]
apps: [customers, curl]
task: Do it.
traffic:
  calls: { from: curl, request: { url: http://customers/ }, until: decided }
  few: { from: curl, request: { url: http://customers/ }, requests: 5 }
solutions:
  - id: rule
    apply: [manifests/rule.yaml]
checks:
  - id: split
    title: Split
    traffic: calls
    expect: { share: { by: version, of: { v1: 70, v2: 30 } } }
  - id: ok
    title: Fine
    traffic: few
    expect: { status: 200 }
control: { fails: [split], holds: [] }
mutants:
  - { id: wrong, of: rule, patch: mutants/wrong.yaml, fails: ok }
debrief: Done.
`;

const app = (name: string, ...more: string[]) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec: { template: { metadata: { labels: { app: ${name} } } } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
${more.join('\n')}`;

const rule = (host: string) => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: rule }
spec:
  hosts: [${host}]
`;

export const goodFiles: { [path: string]: string } = {
  'labs/demo/lab.yaml': goodLab,
  'labs/demo/manifests/rule.yaml': rule('customers'),
  'labs/demo/mutants/wrong.yaml': rule('custmers'),
  'labs/_apps/customers/app.yaml':
    'name: customers\nmanifests: [customers.yaml]\nidentify:\n  v1: { body: { contains: one } }\n  v2: { body: { contains: two } }\n',
  'labs/_apps/customers/customers.yaml': app('customers'),
  'labs/_apps/curl/app.yaml': 'name: curl\nmanifests: [curl.yaml]\n',
  'labs/_apps/curl/curl.yaml': app('curl'),
};

/** Loads the good lab with parts of its text replaced and files changed; undefined removes a file. */
export async function loadChanged(
  replace: readonly (readonly [string, string])[],
  changed: { [path: string]: string | undefined } = {},
): Promise<{ lab?: Lab; problems: Problem[] }> {
  const text = replace.reduce((lab, [from, to]) => {
    if (!lab.includes(from)) throw new Error(`The fixture has no ${from}`);
    return lab.replace(from, to);
  }, goodLab);
  const files = Object.entries({ ...goodFiles, 'labs/demo/lab.yaml': text, ...changed });
  const present = files.filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { labs, problems } = await loadCatalogue(memoryFs(Object.fromEntries(present)), 'labs');
  return { ...(labs[0] && { lab: labs[0] }), problems };
}
