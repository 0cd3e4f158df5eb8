import type { AppPort, AppWorld, createMeshSim, Issue, MeshSim, SimObservation } from '../../mesh/envoy/mesh-sim.ts';
import { parseIp } from '../../mesh/world/ip.ts';
import { certificateFacts, rootNames } from '../../runner/place/sim/certificates.ts';
import { meshIdentities } from '../../runner/place/sim/identities.ts';
import { Recorder } from './app.ts';
import {
  type Answer,
  type Case,
  defaultTo,
  type HttpRequest,
  type LogLine,
  type PodSpec,
  type Seen,
  type TcpRequest,
} from './feature.ts';
import { parseLog } from './log-line.ts';
import { groupOf, type Side, spreadFactor, tcpKey } from './side.ts';
import { plainPod, portsOf, type Stage } from './stage.ts';

/** The interpreter's side of a mesh. `create` is createMeshSim, or that of a bundle with a planted fault. */
export function simSide(stage: Stage, { seed, create }: { seed: number; create: typeof createMeshSim }): Side {
  const recorder = new Recorder();
  const logs: LogLine[] = [];
  const names = new Map(stage.pods.map((p) => [p.envoy?.proxy.id ?? '', p.name]));
  const sim = create({
    seed,
    issue: issueOf(stage),
    dns: (name) => (parseIp(name) ? [name] : []),
    nowhere: 'refused',
    onLog(node, line) {
      const parsed = parseLog(names.get(node) ?? node, line);
      if (parsed) logs.push(parsed);
    },
  });
  const worlds = new Map<string, AppWorld>();
  for (const pod of stage.pods) {
    if (pod.envoy) {
      const { proxy, config } = pod.envoy;
      sim.addProxy({ id: proxy.id, ip: proxy.ip, metadata: proxy.metadata });
      sim.update(proxy.id, config);
    }
    sim.attach(pod.ip, pod.namespace, (world) => {
      worlds.set(pod.name, world);
      return appPorts(pod, { recorder, world });
    });
  }
  for (const ip of stage.endpoints) sim.attach(ip, 'diff', (world) => appPorts(plainPod(ip), { recorder, world }));
  for (const { vip, pods, ports } of stage.services) {
    const behind = Object.entries(ports).map(([port, target]) => [port, pods.map((p) => ({ ip: p.ip, port: target }))]);
    sim.service(vip, Object.fromEntries(behind));
  }
  const context = { stage, sim, recorder, logs, worlds };
  return {
    abreast: 1,
    run: (of, ids) => runCase(context, of, ids),
    logs: () => logs,
    stats: async () =>
      new Map(stage.pods.flatMap(({ name, envoy }) => (envoy ? [[name, sim.admin(envoy.proxy.id).stats()]] : []))),
    problems: () =>
      stage.pods.flatMap(({ envoy }) =>
        envoy
          ? sim
              .admin(envoy.proxy.id)
              .rejections()
              .map((p) => `${envoy.proxy.name}: ${p.what}`)
          : [],
      ),
    close: async () => undefined,
  };
}

const epoch = Date.UTC(2026, 0, 1);

function issueOf({ credentials }: Stage): Issue {
  const identity = meshIdentities('cluster.local', epoch);
  return (request) => {
    const found = credentials?.get(request.name);
    if (!found) return identity(request);
    return found.kind === 'roots'
      ? { roots: rootNames(found.bundle) }
      : { certificate: certificateFacts(found.certificate, epoch) };
  };
}

interface Context {
  stage: Stage;
  sim: MeshSim;
  recorder: Recorder;
  logs: LogLine[];
  worlds: ReadonlyMap<string, AppWorld>;
}

function appPorts(pod: PodSpec, of: { recorder: Recorder; world: AppWorld }): { [port: number]: AppPort } {
  const app = { http: httpApp(pod.name, of), tcp: tcpApp(pod.name) };
  return Object.fromEntries(portsOf(pod).map(([port, kind]) => [port, app[kind]]));
}

const httpApp = (pod: string, { recorder, world }: { recorder: Recorder; world: AppWorld }): AppPort => ({
  protocol: 'http',
  async handle({ method, path, headers, body }) {
    const seen: Seen = { pod, method, path, headers: Object.entries(headers), body: new TextDecoder().decode(body) };
    const deed = recorder.onRequest(seen);
    if (deed.delayMs > 0) await world.sleep(deed.delayMs);
    if (deed.end === 'reset') throw new Error('reset');
    if (deed.end === 'hang') await new Promise(() => undefined);
    return { status: deed.status, headers: joined(deed.headers), body: deed.body };
  },
});

const tcpApp = (pod: string): AppPort => ({
  protocol: 'tcp',
  async serve({ readable, writable }) {
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode(`${pod}:`));
    for await (const chunk of readable) await writer.write(chunk);
    await writer.close();
  },
});

const joined = (headers: readonly (readonly [string, string])[]): { [name: string]: string } => {
  const map: { [name: string]: string } = {};
  for (const [name, value] of headers) map[name] = name in map ? `${map[name]}, ${value}` : value;
  return map;
};

/** By name; what comes once is no list, so that `host` is understood. */
function grouped(headers: readonly (readonly [string, string])[]): { [name: string]: string | readonly string[] } {
  const groups = Map.groupBy(headers, ([name]) => name.toLowerCase());
  return Object.fromEntries(
    [...groups].map(([name, [first, ...more]]) => [
      name,
      more.length === 0 ? (first?.[1] ?? '') : [first, ...more].map((h) => h?.[1] ?? ''),
    ]),
  );
}

async function runCase(
  context: Context,
  of: Case,
  ids: (step: number, part: number, time: number) => string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [step, entry] of of.requests.entries()) {
    const { group, wait, times } = groupOf(entry);
    if (wait > 0) await context.sim.runFor(wait);
    for (let time = 0; time < (of.spread && times > 1 ? times * spreadFactor : times); time++) {
      const lanes = group.map((request, part) => {
        const lane = { lane: ids(0, part, 0), id: ids(step, part, time) };
        return request.kind === 'tcp' ? overTcp(context, request) : overHttp(context, request, lane);
      });
      await context.sim.run();
      answers.push(...(await Promise.all(lanes)));
    }
  }
  return answers;
}

const ipOf = (stage: Stage, name: string): string => {
  const found = stage.pods.find((p) => p.name === name);
  if (!found) throw new RangeError(`nobody is called ${name}`);
  return found.ip;
};

async function overHttp(
  { stage, sim, recorder }: Context,
  request: HttpRequest,
  { lane, id }: { lane: string; id: string },
): Promise<Answer> {
  const { from = 'client', to = defaultTo, method = 'GET', path = '/', body, timeout = 5000 } = request;
  const sent = [...(request.headers ?? []), ['x-id', id] as const];
  if (body !== undefined) sent.push(['content-length', String(body.length)]);
  const observed: SimObservation = await sim.send({
    from: ipOf(stage, from),
    url: `http://${to}/`,
    method,
    headers: { ...grouped(sent), ':path': path },
    lane,
    timeoutMs: timeout,
    ...(body === undefined ? {} : { body }),
  });
  const { status, error, headers } = observed;
  return {
    key: id,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error: error.code }),
    headers: Object.entries(headers),
    body: observed.body,
    seen: recorder.seen(id),
    logs: [],
  };
}

async function overTcp({ worlds }: Context, { from = 'client', to = '', send }: TcpRequest): Promise<Answer> {
  const none = { key: tcpKey(from, to), headers: [], seen: [], logs: [] };
  const [host = '', port = ''] = to.split(':');
  let body = '';
  try {
    const stream = await worlds.get(from)?.connect(host, Number(port));
    if (!stream) throw new RangeError(`nobody is called ${from}`);
    const writer = stream.writable.getWriter();
    await writer.write(new TextEncoder().encode(send));
    await writer.close();
    for await (const chunk of stream.readable) body += new TextDecoder().decode(chunk);
    return { ...none, body };
  } catch (error) {
    return { ...none, body, error: String((error as { code?: string }).code ?? error) };
  }
}
