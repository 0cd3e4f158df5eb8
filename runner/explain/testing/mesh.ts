import { parseManifest } from '../../lab/manifest.ts';
import { parsePath } from '../../lab/path.ts';
import { explanationOf } from '../explain.ts';
import type { Explanation, Locate } from '../explanation.ts';
import { ask, type Question } from '../session.ts';

const httpbin = 'mccutchen/go-httpbin:v2.15.0';

const app = (name: string, version: string, image: string): string => `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}-${version}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}, version: ${version}}}
  template:
    metadata: {labels: {app: ${name}, version: ${version}}}
    spec:
      serviceAccountName: ${name}
      containers: [{name: app, image: "${image}", ports: [{containerPort: 8080}]}]`;

const service = (name: string): string => `
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}`;

/** `web` calls `customers` (v1, v2) and `httpbin`; `legacy` of namespace `plain` has no proxy. */
export const base = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Namespace
metadata: {name: plain}
---
apiVersion: v1
kind: Pod
metadata: {name: legacy, namespace: plain, labels: {app: legacy}}
spec: {containers: [{name: app, image: curlimages/curl}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: customers, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: httpbin, namespace: shop}
${service('customers')}${service('httpbin')}${service('nobody')}
${app('customers', 'v1', httpbin)}${app('customers', 'v2', httpbin)}
${app('web', 'v1', 'curlimages/curl')}${app('httpbin', 'v1', httpbin)}
`;

export interface Ask extends Partial<Pick<Question, 'from' | 'seed' | 'crowd'>> {
  rules?: string;
  url: string;
  method?: string;
  headers?: { [name: string]: string };
}

export interface Case extends Ask {
  name: string;
  /** Parts of lines, in this order, as a wide terminal shows them. */
  expect: readonly string[];
  /** Why a real Envoy is not asked, too. */
  notLive?: string;
}

/** Asks the base mesh with some more objects, which stand in `rules.yaml`. */
export async function explained({ rules = '', url, method = 'GET', headers = {}, ...rest }: Ask): Promise<Explanation> {
  const files = [parseManifest(base, 'base.yaml'), ...(rules.trim() ? [parseManifest(rules, 'rules.yaml')] : [])];
  const problems = files.flatMap((f) => f.problems);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const sources = files.flatMap(({ file }) => file.objects);
  const objects = sources.map(({ object }) => object);
  const locate: Locate = (origin) => {
    const { kind, namespace, name, field } = origin;
    const source = sources.find(
      ({ object }) =>
        object.kind === kind && object.metadata.name === name && (object.metadata.namespace ?? '') === namespace,
    );
    return { ...origin, ...source?.locate(field === undefined ? [] : parsePath(field)) };
  };
  const { trace, world, sender } = await ask({
    objects,
    from: 'web',
    seed: 1,
    ...rest,
    request: { url, method, headers },
  });
  return explanationOf({ trace, world, locate, sender, headers });
}
