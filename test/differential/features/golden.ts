import { parse } from 'yaml';
import { parseMeshConfig } from '../../../mesh/istiod/mesh-config.ts';
import { isObject, type Json, type JsonObject } from '../../../mesh/json.ts';
import type { KubeObject } from '../../../mesh/kube/objects.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { goldenScenarios, objectsIn, type Scenario } from '../../support/golden-scenarios.ts';
import {
  type Answer,
  type Case,
  chance,
  type Feature,
  type PodSpec,
  pick,
  type Request,
  type World,
} from '../feature.ts';

/**
 * Scenarios whose servers speak what the recording apps speak (HTTP/1.1 and TCP). Left out: ambient, delays of seconds
 * (a04, a05), and a14 with its ext_authz server, which nobody plays here.
 */
const wanted = ['a01', 'a02', 'a03', 'a07', 'a12', 'a13', 'a15', 'a19'];

type Ports = { readonly [port: number]: 'http' | 'tcp' };

interface Scene {
  world: World;
  senders: readonly string[];
  /** `ip:port` of Services, with the names that a client may call them by. */
  targets: readonly { to: string; hosts: readonly string[]; kind: 'http' | 'tcp' }[];
  paths: readonly string[];
  headers: readonly (readonly [string, string])[];
}

const spec = (object: KubeObject): JsonObject => (isObject(object.spec) ? object.spec : {});
const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function sceneOf(scenario: Scenario): Scene {
  const objects = objectsIn(scenario);
  const of = (kind: string) => objects.filter((o) => o.kind === kind);
  const services = of('Service').filter((s) => /^[\d.]+$/.test(String(spec(s).clusterIP)));
  const portsOf = (pod: KubeObject): Ports =>
    Object.fromEntries(
      services
        .filter((s) => selects(s, pod))
        .flatMap((s) => list(spec(s).ports).map((p) => [Number(p.targetPort), kindOf(p)])),
    );
  const pods = of('Pod').map((pod) => podSpec(pod, portsOf(pod)));
  const listed = parse(scenario.files.get('proxies.yaml') ?? '') as { type: string; pod?: string }[];
  const routes = of('VirtualService').flatMap((v) => list(spec(v).http).flatMap((h) => list(h.match)));
  return {
    world: {
      objects,
      mesh: parseMeshConfig(scenario.files.get('mesh.yaml') ?? ''),
      pods,
      services: services.map((s) => ({
        name: s.metadata.name,
        vip: String(spec(s).clusterIP),
        pods: pods.filter((_, i) => selects(s, of('Pod')[i])),
        ports: Object.fromEntries(list(spec(s).ports).map((p) => [Number(p.port), Number(p.targetPort)])),
      })),
    },
    senders: listed.flatMap((p) => (p.type === 'sidecar' && p.pod !== undefined ? [p.pod] : [])),
    targets: services.flatMap((s) => list(spec(s).ports).map((p) => targetOf(s, p))),
    paths: ['/', '/x?y=z', ...routes.flatMap((m) => Object.values(isObject(m.uri) ? m.uri : {}).map(String))],
    headers: routes.flatMap((m) =>
      Object.entries(isObject(m.headers) ? m.headers : {}).map(([name, value]): [string, string] => [
        name,
        isObject(value) ? String(Object.values(value)[0] ?? '') : '',
      ]),
    ),
  };
}

const kindOf = ({ name, appProtocol }: JsonObject): 'http' | 'tcp' =>
  /^http(-|$)/.test(String(appProtocol ?? name)) ? 'http' : 'tcp';

function selects(service: KubeObject, pod: KubeObject | undefined): boolean {
  const selector = spec(service).selector;
  return (
    isObject(selector) &&
    service.metadata.namespace === pod?.metadata.namespace &&
    Object.entries(selector).every(([name, value]) => pod?.metadata.labels?.[name] === value)
  );
}

function podSpec(pod: KubeObject, ports: Ports): PodSpec {
  const labels = pod.metadata.labels ?? {};
  const status = isObject(pod.status) ? pod.status : {};
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    ip: String(status.podIP),
    labels,
    serviceAccount: String(spec(pod).serviceAccountName ?? 'default'),
    ports,
    ...(labels['security.istio.io/tlsMode'] === 'istio' ? {} : { proxy: 'none' as const }),
  };
}

function targetOf(
  { metadata: { name, namespace = '' }, spec: of }: KubeObject,
  port: JsonObject,
): Scene['targets'][number] {
  const hosts = [name, `${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`];
  return { to: `${isObject(of) ? of.clusterIP : ''}:${port.port}`, hosts, kind: kindOf(port) };
}

function request(random: Random, { senders, targets, paths, headers }: Scene): Request {
  const { to, hosts, kind } = pick(random, targets);
  const from = pick(random, senders);
  if (kind === 'tcp') return { kind, from, to, send: 'hello\r\n' };
  return {
    from,
    to,
    method: pick(random, ['GET', 'GET', 'POST', 'DELETE']),
    path: pick(random, paths),
    headers: [['host', pick(random, hosts)], ...headers.filter(() => chance(random, 0.4))],
    times: 20,
  };
}

/** All that does not depend on which of equal pods was chosen, or is then part of what is counted. */
function outcome({ status, error, body, seen, logs }: Answer): string {
  const flags = logs
    .map(({ fields: { flags, code, route, cluster } }) => `${flags} ${code} ${route} ${cluster}`)
    .sort();
  const paths = seen.map(({ method, path }) => `${method} ${path}`);
  return `${status ?? error} ${body.slice(0, 60)} saw ${paths} logged ${flags}`;
}

const feature = (scenario: Scenario): Feature => {
  const scene = sceneOf(scenario);
  return {
    id: `golden-${scenario.name.slice(0, 3)}`,
    title: `golden scenario ${scenario.name}`,
    world: scene.world,
    cases: (random, count) =>
      Array.from({ length: Math.min(count, 15) }, (): Case => {
        const one = request(random, scene);
        return { name: JSON.stringify(one), objects: [], requests: [one], spread: outcome };
      }),
  };
};

/** Meshes of the golden data: what their sidecars say to their Services. Few cases each, together over a hundred. */
export const golden: readonly Feature[] = goldenScenarios()
  .filter(({ name }) => wanted.some((id) => name.startsWith(id)))
  .map(feature);
