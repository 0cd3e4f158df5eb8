import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { statsOf } from '../../mesh/host/envoy/istio-metrics.ts';
import { dial } from '../../mesh/host/envoy/testing/client.ts';
import { type RunningPod, startTestMesh, type TestMesh } from '../../mesh/host/envoy/testing/mesh.ts';
import { captureSocket } from '../../mesh/host/localise/place.ts';
import { reset } from '../../mesh/host/world/relay.ts';
import type { Uplink } from '../../mesh/world/dial.ts';
import { Recorder } from './app.ts';
import {
  type Answer,
  type Case,
  defaultTo,
  type HttpRequest,
  type LogLine,
  type PodSpec,
  type TcpRequest,
} from './feature.ts';
import { parseLog } from './log-line.ts';
import { groupOf, type Side, tcpKey } from './side.ts';
import { plainPod, portsOf, type Stage, type StagePod } from './stage.ts';

interface Context {
  stage: Stage;
  mesh: TestMesh;
  running: ReadonlyMap<string, RunningPod>;
  recorder: Recorder;
  /** Kept open to the end, as the interpreter's apps keep theirs. */
  agents: Agent[];
}

/** Real Envoys of a mesh, and recording apps in this process. */
export async function realSide(stage: Stage): Promise<Side> {
  const recorder = new Recorder();
  const proxies = stage.pods.flatMap((p) => (p.envoy ? [p.envoy.proxy] : []));
  const mesh = await startTestMesh(proxies, stage.credentials);
  const running = new Map<string, RunningPod>();
  try {
    addTargets(stage, mesh, recorder);
    // Servers first: who calls them is then given their real ports at once.
    const servers = stage.pods.filter((p) => p.envoy && p.app !== false);
    const clients = stage.pods.filter((p) => p.envoy && p.app === false);
    for (const pod of [...servers, ...clients]) running.set(pod.name, await start(pod, mesh, recorder));
  } catch (error) {
    await mesh.close();
    throw error;
  }
  const context: Context = { stage, mesh, running, recorder, agents: [] };
  return {
    // More would only wait for one another.
    abreast: 8,
    run: (of, id) => runCase(context, of, id),
    logs: () => [...running].flatMap(([name, pod]) => logsOf(name, pod)),
    stats: async () => new Map(await Promise.all([...running].map((entry) => statsOfPod(entry, running)))),
    problems: () =>
      [...running].flatMap(([name, pod]) => mesh.xds.status(pod.proxy.id).rejections.map((line) => `${name}: ${line}`)),
    close() {
      for (const agent of context.agents) agent.destroy();
      return mesh.close();
    },
  };
}

async function statsOfPod(
  [name, { envoy, proxy }]: [string, RunningPod],
  running: ReadonlyMap<string, RunningPod>,
): Promise<[string, ReadonlyMap<string, number>]> {
  const nodeAt = (ip: string) => [...running.values()].find((p) => p.proxy.ip === ip)?.proxy.metadata;
  return [name, await statsOf(envoy.admin, undefined, { own: proxy.metadata, nodeAt })];
}

const logsOf = (name: string, { logs }: RunningPod): LogLine[] =>
  logs.flatMap((line) => (line.kind === 'output' ? (parseLog(name, line.line) ?? []) : []));

async function start(pod: StagePod, mesh: TestMesh, recorder: Recorder): Promise<RunningPod> {
  if (!pod.envoy) throw new RangeError(`${pod.name} has no proxy`);
  if (pod.app === false) return mesh.add(pod.envoy);
  return mesh.add({ ...pod.envoy, apps: serversOf(pod, recorder) });
}

const serversOf = (pod: PodSpec, recorder: Recorder): { [port: number]: { serve(socket: Socket): void } } => {
  const app = { http: () => webServer(pod.name, recorder), tcp: () => tcpApp(pod.name) };
  return Object.fromEntries(portsOf(pod).map(([port, kind]) => [port, { serve: app[kind]() }]));
};

/** What the world knows: Services, and pods without proxy. */
function addTargets({ services, pods, endpoints }: Stage, mesh: TestMesh, recorder: Recorder): void {
  for (const { vip, pods: behind, ports } of services)
    for (const [port, target] of Object.entries(ports)) {
      const at = behind.map((p) => ({ ip: p.ip, port: target }));
      mesh.targets.set(`${vip}:${port}`, { kind: 'service', endpoints: at });
    }
  for (const pod of [...endpoints.map(plainPod), ...pods.filter((p) => p.proxy === 'none')])
    for (const [port, { serve }] of Object.entries(serversOf(pod, recorder)))
      mesh.targets.set(`${pod.ip}:${port}`, { kind: 'external', serve });
}

/** Who sends what is no HTTP is reset without an answer, as in the interpreter's apps. */
function webServer(pod: string, recorder: Recorder): (socket: Socket) => void {
  const server = createServer(webApp(pod, recorder));
  server.on('clientError', (_, socket) => reset(socket as Socket));
  return (socket) => {
    server.emit('connection', socket);
    // The world hands connections over paused.
    socket.resume();
  };
}

const webApp = (pod: string, recorder: Recorder) => (request: IncomingMessage, response: ServerResponse) => {
  let body = '';
  request.setEncoding('latin1').on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('error', () => undefined);
  request.on('end', () => {
    const { method = '', url = '', rawHeaders } = request;
    const deed = recorder.onRequest({ pod, method, path: url, headers: pairs(rawHeaders), body });
    setTimeout(() => {
      if (deed.end === 'reset') request.socket.destroy();
      if (deed.end !== undefined) return;
      response.sendDate = false;
      response.writeHead(deed.status, deed.headers.flat());
      response.end(deed.body);
    }, deed.delayMs);
  });
};

const tcpApp = (pod: string) => (socket: Socket) => {
  socket.on('error', () => undefined);
  socket.write(`${pod}:`);
  socket.pipe(socket);
};

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : []));

async function runCase(
  context: Context,
  of: Case,
  id: (step: number, part: number, time: number) => string,
): Promise<Answer[]> {
  const agents = new Map<number, Agent>();
  const answers: Answer[] = [];
  const agentOf = (part: number): Agent => {
    const agent = agents.get(part) ?? new Agent({ keepAlive: true });
    agents.set(part, agent);
    return agent;
  };
  for (const [step, entry] of of.requests.entries()) {
    const { group, wait, times } = groupOf(entry);
    if (wait > 0) await sleep(wait);
    for (let time = 0; time < times; time++)
      answers.push(
        ...(await Promise.all(
          group.map((request, part) =>
            request.kind === 'tcp'
              ? overTcp(context, request)
              : overHttp(context, request, { agent: agentOf(part), id: id(step, part, time) }),
          ),
        )),
      );
  }
  context.agents.push(...agents.values());
  return answers;
}

/** How connections of a pod begin, and from which address. */
function wayOut({ stage, mesh, running }: Context, name: string, to: string): { uplink: Uplink; ip: string } {
  const pod = stage.pods.find((p) => p.name === name);
  if (!pod) throw new RangeError(`nobody is called ${name}`);
  const proxied = running.get(name);
  if (proxied) return { uplink: { socket: captureSocket(proxied.folder) }, ip: pod.ip };
  const port = mesh.inbound.get(to) ?? mesh.inbound.get(to.split(':')[0] ?? '') ?? mesh.world.port;
  return { uplink: { port, secret: mesh.secret }, ip: pod.ip };
}

function overHttp(
  context: Context,
  request: HttpRequest,
  { agent, id }: { agent: Agent; id: string },
): Promise<Answer> {
  const { from = 'client', to = defaultTo, method = 'GET', path = '/', body, timeout = 5000 } = request;
  const { uplink, ip } = wayOut(context, from, to);
  const headers = [...(request.headers ?? []), ['x-id', id] as const];
  if (!headers.some(([name]) => name.toLowerCase() === 'host')) headers.unshift(['host', to.replace(/:80$/, '')]);
  if (body !== undefined) headers.push(['content-length', String(body.length)]);
  const none = { key: id, headers: [], body: '', logs: [] };
  // The agent tells its idle connections apart by host and port.
  const [host = '', port = ''] = to.split(':');
  const options = { agent, host: `${from}.${host}`, port, method, path, headers: headers.flat(), setHost: false };
  agent.createConnection = (_options: unknown) => dial(uplink, ip, to);
  return new Promise((resolve) => {
    const outgoing = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      const seen = context.recorder.seen(id);
      response.on('end', () =>
        resolve({ ...none, status: response.statusCode ?? 0, headers: pairs(response.rawHeaders), body: text, seen }),
      );
      response.on('error', (error: NodeJS.ErrnoException) => resolve({ ...none, error: codeOf(error), seen }));
    });
    outgoing.setTimeout(timeout, () => outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ ...none, error: codeOf(error), seen: context.recorder.seen(id) }),
    );
    outgoing.end(body);
  });
}

/** Node tells an orderly end before the answer by its message alone; what comes from a TCP app is no answer either. */
const codeOf = ({ code = '', message }: NodeJS.ErrnoException): string =>
  message === 'socket hang up' || code === 'EPIPE' || code.startsWith('HPE_') ? 'ECONNRESET' : code || message;

function overTcp(context: Context, { from = 'client', to = '', send }: TcpRequest): Promise<Answer> {
  const { uplink, ip } = wayOut(context, from, to);
  const none = { key: tcpKey(from, to), headers: [], seen: [], logs: [] };
  return new Promise((resolve) => {
    const socket = dial(uplink, ip, to);
    let body = '';
    const done = (error?: string) => {
      socket.destroy();
      resolve({ ...none, body, ...(error === undefined ? {} : { error }) });
    };
    socket.setTimeout(1500, () => done('ETIMEDOUT'));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    socket.on('end', () => done());
    socket.on('error', (error: NodeJS.ErrnoException) => done(codeOf(error)));
    socket.on('data', () => socket.end());
    socket.write(send);
  });
}
