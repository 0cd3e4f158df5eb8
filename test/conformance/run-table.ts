import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { Observation } from '../../runner/observe/observation.ts';
import type { Mesh, TrafficPlan } from '../../runner/place/place.ts';
import { full, wrongAnswers } from './answers.ts';
import { differences, keyOf, saidBy, usualStatuses } from './statuses.ts';
import type { Request, Step, Table } from './table.ts';

const { signal } = new AbortController();
/** A busy machine starts an Envoy late. */
const deadlineMs = 180_000;

export async function apply(mesh: Mesh, objects: readonly KubeObject[]): Promise<void> {
  // At once, so that controllers see them together.
  await Promise.all(objects.map((object) => mesh.api.apply(object, { fieldManager: 'conformance', force: true })));
  await mesh.settle(deadlineMs, signal);
}

/** Applies the objects of tables, asks all that they ask and takes the objects away. By table, every disagreement as a sentence. */
export async function runTables(mesh: Mesh, written: readonly Table[]): Promise<Map<string, string[]>> {
  const tables = await Promise.all(written.map((table) => withAddresses(mesh, table)));
  const objects = tables.flatMap((table) => table.objects);
  try {
    await apply(mesh, objects);
    const wrong = new Map<string, string[]>();
    for (const table of tables) wrong.set(table.name, await runSteps(mesh, table));
    return wrong;
  } finally {
    // The next tables wait for what follows from this.
    await Promise.all(objects.toReversed().map((object) => mesh.api.delete(refOf(object)).catch(ifGone)));
  }
}

async function runSteps(mesh: Mesh, table: Table): Promise<string[]> {
  const statuses = { ...usualStatuses(table), ...table.statuses };
  const wrong = [...(await wrongMade(mesh, table.made)), ...(await runStep(mesh, table, { ...table, statuses }))];
  for (const next of table.next) {
    await change(mesh, table, next);
    wrong.push(...(await runStep(mesh, table, next)));
  }
  return wrong;
}

/** The table in which `IP OF app.namespace` is the address of that app's pod. */
async function withAddresses(mesh: Mesh, table: Table): Promise<Table> {
  let text = JSON.stringify(table);
  for (const [placeholder, app = '', namespace = ''] of text.matchAll(/IP OF ([\w-]+)\.([\w-]+)/g)) {
    const { items } = await mesh.api.list(
      { apiVersion: 'v1', kind: 'Pod' },
      { namespace, labelSelector: `app=${app}` },
    );
    text = text.replaceAll(placeholder, String(items[0]?.status?.podIP));
  }
  return JSON.parse(text) as Table;
}

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject) => ({
  ...{ apiVersion, kind, name },
  ...(namespace !== undefined && { namespace }),
});

/** Deleted by the table itself. */
function ifGone(error: unknown): void {
  if ((error as { code?: number }).code !== 404) throw error;
}

const apiVersions: { [kind: string]: string } = { Deployment: 'apps/v1', Service: 'v1', ServiceAccount: 'v1' };

async function wrongMade(mesh: Mesh, made: Table['made']): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, expected] of Object.entries(made)) {
    const [, kind = '', namespace = '', name = ''] = /^(\w+) ([\w-]*)\/([\w-]+)$/.exec(key) ?? [];
    const object = await mesh.api.get({ apiVersion: apiVersions[kind] ?? '', kind, name, namespace });
    const { labels = {}, annotations = {} } = object?.metadata ?? {};
    wrong.push(...differences({ ...expected }, { labels, annotations }).map((d) => `${key}: ${d}`));
  }
  return wrong;
}

async function change(mesh: Mesh, { objects }: Table, next: Table['next'][number]): Promise<void> {
  const find = (key: string) => {
    const object = objects.find((o) => keyOf(o) === key);
    if (!object) throw new Error(`no object ${key}`);
    return refOf(object);
  };
  for (const [key, spec] of Object.entries(next.patch))
    await mesh.api.patch(find(key), { type: 'merge', body: { spec } as never });
  for (const key of next.delete) await mesh.api.delete(find(key));
  await mesh.settle(deadlineMs, signal);
}

async function runStep(mesh: Mesh, table: Table, { requests, statuses }: Step): Promise<string[]> {
  const wrong: string[] = [];
  for (const [key, expected] of Object.entries(statuses)) {
    const [, kind = '', namespace = '', name = ''] = /^(\w+) ([\w-]*)\/([\w-]+)$/.exec(key) ?? [];
    const object = await mesh.api.get({
      apiVersion: apiVersionOf(table, kind),
      kind,
      name,
      ...(namespace && { namespace }),
    });
    wrong.push(...(object ? differences(expected, saidBy(object)) : ['is not there']).map((d) => `${key}: ${d}`));
  }
  for (const request of requests) wrong.push(...(await ask(mesh, table, request)));
  return wrong;
}

const apiVersionOf = ({ objects }: Table, kind: string): string =>
  objects.find((o) => o.kind === kind)?.apiVersion ?? 'gateway.networking.k8s.io/v1';

async function ask(mesh: Mesh, table: Table, request: Request): Promise<string[]> {
  const plan = planOf(table, request);
  const before = await mirrored(mesh, request);
  const seen: Observation[] = [];
  for await (const observation of mesh.send(plan, signal)) seen.push(observation);
  const wrong = [...wrongAnswers(request, seen), ...(await wrongMirrors(mesh, { request, before }))];
  return wrong.map(
    (w) =>
      `${request.method} ${request.host ?? ''}${request.path} ${JSON.stringify(request.headers)} to ${plan.request.url}: ${w}`,
  );
}

function planOf(table: Table, request: Request): TrafficPlan {
  const { host, method, headers, path, tls, times } = request;
  const from = request.from ?? table.from;
  const to = request.to ?? table.to ?? 'same-namespace';
  const [app = '', namespace = ''] = (from ?? 'edge.infra').split('.');
  return {
    ...{ id: `${table.name} ${path}`, from: { app, namespace } },
    request: {
      url: `${tls ? 'https' : 'http'}://${from === undefined ? serviceOf(to) : to}${path}`,
      ...{ method, headers: { ...(host !== undefined && { host }), ...headers }, timeoutMs: 10_000 },
      ...(tls && {
        tls: {
          ca: named(tls.ca),
          ...(tls.serverName && { serverName: tls.serverName }),
          ...(tls.certificate && { certificate: named(tls.certificate) }),
        },
      }),
    },
    ...{ unit: request.unit, concurrency: times > 1 ? 8 : 1, limit: { requests: times } },
  };
}

const named = (text: string) => {
  const [name = '', namespace = ''] = text.split('.');
  return { name, namespace };
};

/** The Service that istiod makes for a Gateway. */
function serviceOf(to: string): string {
  const [, gateway = '', namespace = 'infra', port = ''] = /^([^.:]+)(?:\.([^:]+))?(:\d+)?$/.exec(to) ?? [];
  return `${gateway}-istio.${namespace}${port}`;
}

/** Requests of this path that each app has logged. */
async function mirrored(mesh: Mesh, { mirrors = {}, path }: Request): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const app of Object.keys(mirrors)) {
    const [name = '', namespace = ''] = full(app).split('.');
    const { items } = await mesh.api.list(
      { apiVersion: 'v1', kind: 'Pod' },
      { namespace, labelSelector: `app=${name}` },
    );
    let count = 0;
    for (const { metadata } of items)
      for await (const line of mesh.api.logs({ namespace, name: metadata.name }))
        if (line.endsWith(`request made to ${path}`)) count++;
    counts.set(app, count);
  }
  return counts;
}

async function wrongMirrors(
  mesh: Mesh,
  { request, before }: { request: Request; before: Map<string, number> },
): Promise<string[]> {
  const { mirrors = {}, times } = request;
  if (Object.keys(mirrors).length === 0) return [];
  const after = await mirrored(mesh, request);
  return Object.entries(mirrors).flatMap(([app, percent]) => {
    const got = (after.get(app) ?? 0) - (before.get(app) ?? 0);
    const wanted = (times * percent) / 100;
    // Six standard deviations of a binomial: a right share fails less than once in 10^8.
    const slack = 6 * Math.sqrt((wanted * (100 - percent)) / 100);
    return Math.abs(got - wanted) <= slack ? [] : [`mirrored to ${app}: expected ${wanted}, got ${got}`];
  });
}
