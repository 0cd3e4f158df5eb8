import type { Address, TraceEvent } from '../../../mesh/envoy/types.ts';
import { isObject, type JsonObject, objects } from '../../../mesh/json.ts';
import type { Cause } from '../explanation.ts';
import { clusterInWords } from '../names.ts';
import { valueAt } from '../value-at.ts';
import { type Scene, step, type Tell } from './step.ts';

export const cluster: Tell<'cluster'> = ({ cluster: name, pointer, reason }, scene) => {
  // The name of an outbound cluster says it all; the others need words.
  const words = name.startsWith('outbound') ? '' : clusterInWords(name);
  const what = words ? `${name}: ${words}` : name;
  if (pointer === '')
    return [
      step('cluster', `${what} is not known to this proxy: ${whyUnknown(name, scene)}`, {
        outcome: 'failed',
        causes: chosenBy(name, scene),
      }),
    ];
  const weight = reason === 'weighted' ? weightOf(name, scene) : undefined;
  const causes = [...(weight?.causes ?? []), ...scene.causes.of(pointer)];
  return [step('cluster', `${what}${weight ? `, ${weight.text}` : ''}`, { causes })];
};

function whyUnknown(name: string, { causes }: Scene): string {
  const [direction, port, subset, host = ''] = name.split('|');
  const names = (causes.config?.clusters ?? []).map((c) => String(c.name));
  const service = host.replace(/\.svc\.cluster\.local$/, '');
  if (names.includes([direction, port, '', host].join('|')))
    return `no DestinationRule of ${service} has subset ${subset}`;
  if (names.some((n) => n.endsWith(`|${host}`))) return `${service} has no port ${port}`;
  return `there is no Service or ServiceEntry ${service} that it may see`;
}

/** The field of the route that names a cluster which is not there. */
function chosenBy(name: string, scene: Scene): Cause[] {
  const weighted = weightOf(name, scene);
  if (weighted) return weighted.causes;
  const route = routeOf(scene);
  return route ? scene.causes.of(`${route.pointer}/route/cluster`, `${route.pointer}/route`) : [];
}

const routeOf = ({ events }: Scene) => events.findLast((e) => e.kind === 'route');

function weightOf(name: string, scene: Scene): { text: string; causes: Cause[] } | undefined {
  const route = routeOf(scene);
  const at = `${route?.pointer}/route/weightedClusters/clusters`;
  const clusters = objects(valueAt(scene.causes.config, at));
  const index = clusters.findIndex((c) => c.name === name);
  if (index < 0) return undefined;
  const total = clusters.reduce((sum, c) => sum + Number(c.weight ?? 0), 0);
  return {
    text: `weight ${clusters[index]?.weight ?? 0} of ${total}`,
    causes: scene.causes.of(`${at}/${index}/weight`),
  };
}

export const endpoint: Tell<'endpoint'> = ({ cluster: name, host, attempt }, scene) => {
  if (name.startsWith('inbound|') && !failsLater(scene)) return [];
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  const address = step('endpoint', `${addressInWords(host, scene)}${again}`);
  return !name.startsWith('outbound') ? [address] : [address, transport(name, host, scene)];
};

const failsLater = ({ events }: Scene) => events.some((e) => e.kind === 'upstream' && e.failure !== undefined);

function addressInWords({ ip, port }: Address, { world }: Scene): string {
  const pod = world.podAt(ip);
  if (!pod) return `${ip}:${port}${world.nameAt(ip) === undefined ? '' : ` (${world.nameAt(ip)})`}`;
  const version = pod.version === undefined ? '' : `, version ${pod.version}`;
  return `${ip}:${port}, pod ${pod.name}${version}`;
}

/** How the connection to an endpoint is made, and what decided that. */
function transport(name: string, host: Address, { causes }: Scene) {
  const { clusters = [], endpoints = [] } = causes.config ?? {};
  const at = clusters.findIndex((c) => c.name === name);
  const own = causes.within(`/clusters/${at}/transportSocket`);
  const list = endpoints.findIndex((e) => e.clusterName === name);
  const metadata = pointerOf(endpoints[list], host);
  const pointer = `/endpoints/${list}${metadata}`;
  const byEndpoint = metadata === undefined ? [] : causes.of(pointer);
  const cluster = clusters[at];
  if (cluster?.transportSocket !== undefined) return step('TLS', ownTls(cluster.transportSocket), { causes: own });
  const offered =
    metadata !== undefined && valueAt(causes.config, `${pointer}/filterMetadata/envoy.transport_socket_match`);
  const mutual =
    objects(cluster?.transportSocketMatches).length > 0 && isObject(offered) && offered.tlsMode === 'istio';
  return step('TLS', mutual ? 'sent with mutual TLS' : 'sent in plaintext', { causes: [...own, ...byEndpoint] });
}

/** Of the cluster itself, so for every endpoint: with the certificate of the mesh, or as to the world outside. */
const ownTls = (socket: unknown): string =>
  objects(valueAt(socket, '/typedConfig/commonTlsContext/tlsCertificateSdsSecretConfigs')).some(
    (s) => s.name === 'default',
  )
    ? 'sent with mutual TLS, whatever the endpoint takes'
    : 'sent with TLS';

/** Where the metadata of an endpoint is in its list. */
function pointerOf(list: JsonObject | undefined, host: Address): string | undefined {
  const localities = objects(list?.endpoints);
  const pointers = localities.flatMap((l, i) =>
    objects(l.lbEndpoints).flatMap((e, j) => (isAt(e, host) ? [`/endpoints/${i}/lbEndpoints/${j}/metadata`] : [])),
  );
  return pointers[0];
}

function isAt(lbEndpoint: unknown, { ip, port }: Address): boolean {
  const found = valueAt(lbEndpoint, '/endpoint/address/socketAddress');
  return isObject(found) && found.address === ip && found.portValue === port;
}

export const noEndpoint: Tell<'noEndpoint'> = ({ cluster: name, reason, flag }, { causes }) => {
  if (flag === 'UH') {
    const at = (causes.config?.endpoints ?? []).findIndex((e) => e.clusterName === name);
    const list = objects(causes.config?.endpoints[at]?.endpoints);
    const count = list.reduce((sum, l) => sum + objects(l.lbEndpoints).length, 0);
    const text = count === 0 ? 'none: no ready pod is behind it' : `none of ${count} is healthy`;
    const pointers = at < 0 ? [] : [`/endpoints/${at}`, `/endpoints/${at}/endpoints`];
    return [step('endpoint', text, { outcome: 'failed', causes: causes.of(...pointers) })];
  }
  if (flag === 'NC') return [];
  return [step('attempt', `failed: ${reason}`, { outcome: 'failed' })];
};

export const retry: Tell<'retry'> = ({ attempt, because, backOffMs }, { causes, events }) => {
  const route = events.findLast((e) => e.kind === 'route');
  const policy = route ? causes.within(`${route.pointer}/route/retryPolicy`) : [];
  const wait = `${Math.round(backOffMs)} ms`;
  return [step('retry', `attempt ${attempt} after ${wait}, because of ${because}`, { causes: policy })];
};

export const upstream: Tell<'upstream'> = (event, scene) => {
  const { status, failure } = event;
  if (scene.events[0]?.kind === 'workload') return [step('answer', String(status ?? `none: ${failure}`))];
  if (failure !== undefined) return [step('attempt', failed(failure), { outcome: 'failed' })];
  return isFollowedByRetry(event, scene) ? [step('attempt', `answered with ${status}`, { outcome: 'rejected' })] : [];
};

const failed = (failure: string) => `failed: ${failure}`;

const isFollowedByRetry = (event: TraceEvent, { events }: Scene) => events[events.indexOf(event) + 1]?.kind === 'retry';
