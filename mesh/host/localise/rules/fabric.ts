import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { lb, originalDst, realKey } from '../endpoints.ts';
import { addFabric, fabricName, worldHost } from '../fabric-listener.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { child, nameOf, objects, text } from '../walk.ts';
import { wrapSockets } from '../wrap.ts';

/**
 * Every endpoint of the virtual network becomes the internal listener `fabric`, which restores the virtual addresses
 * and dials the real port with a PROXY header. So TLS, pooling and addresses stay as istiod meant them (spike, rules 14
 * and 15). The real port is chosen by subset among the known ones; anything else falls to the world, which also covers
 * the moment between an update of the endpoints and one of `fabric`. An ORIGINAL_DST cluster, as in the spike, would
 * dial whatever address a route or metadata leads it to.
 */
export const fabric: Rule = {
  name: 'fabric',
  apply(config, context) {
    const reals = new Set<number>();
    for (const cluster of config.clusters) {
      if (nameOf(cluster).startsWith('inbound|')) continue;
      if (isObject(cluster.loadAssignment)) assignment(cluster.loadAssignment, context, reals);
      wrapSockets(cluster);
    }
    for (const endpoints of config.endpoints) assignment(endpoints, context, reals);
    addFabric(config, context, [...reals].sort());
  },
};

/** The port on 127.0.0.1 behind a virtual address; undefined is the world's business. */
export const realPort = (context: RuleContext, ip: string, port: number | string): number | undefined =>
  context.place.inbound.get(`${ip}:${port}`) ?? context.place.inbound.get(ip);

/** Only what is understood of a ClusterLoadAssignment is kept: named endpoints and LEDS could name other addresses. */
function assignment(cla: JsonObject, context: RuleContext, reals: Set<number>): void {
  const name = nameOf(cla);
  if (cla.namedEndpoints !== undefined) context.report(name, 'namedEndpoints was removed');
  delete cla.namedEndpoints;
  for (const locality of objects(cla.endpoints)) {
    for (const field of ['loadBalancerEndpoints', 'ledsClusterLocalityConfig']) {
      if (locality[field] !== undefined) context.report(name, `${field} was removed`);
      delete locality[field];
    }
    const hosts = objects(locality.lbEndpoints);
    if (hosts.length > 0) locality.lbEndpoints = hosts.filter((host) => virtualHost(host, { name, context, reals }));
  }
}

interface Place {
  name: string;
  context: RuleContext;
  reals: Set<number>;
}

/** Turns one endpoint into a virtual one; false when nothing of it can be kept. */
function virtualHost(host: JsonObject, { name, context, reals }: Place): boolean {
  const endpoint = child(host, 'endpoint');
  const address = child(endpoint, 'address');
  const kept = typeof endpoint.hostname === 'string' ? { hostname: endpoint.hostname } : {};
  delete host.endpointName;
  if (isObject(address.pipe)) {
    host.endpoint = { ...kept, address: { pipe: { path: podPipe(context, address.pipe) } } };
    return true;
  }
  if (isObject(address.envoyInternalAddress)) return internalHost(host, { name, context, reals });
  const socket = child(address, 'socketAddress');
  if (typeof socket.portValue !== 'number' || text(socket, 'protocol') === 'UDP') {
    context.report(
      name,
      `an endpoint with address ${JSON.stringify(address)} was removed`,
      'Use an IP address and a TCP port.',
    );
    return false;
  }
  const ip = text(socket, 'address');
  const local = ip.includes(':') ? `[${ip}]:${socket.portValue}` : `${ip}:${socket.portValue}`;
  host.endpoint = { ...kept, address: { envoyInternalAddress: { serverListenerName: fabricName, endpointId: local } } };
  setReal(host, { local }, realPort(context, ip, socket.portValue), reals);
  hashBy(host, local);
  return true;
}

/** A path like /var/run/app.sock is one in the pod's own file system: it is looked for in the pod's folder. */
export function podPipe(context: RuleContext, pipe: JsonObject): string {
  const base = text(pipe, 'path')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .slice(-40);
  return `${context.place.podFolder}/unix${base}`;
}

/** HBONE: istiod already names the destination (`waypoint` or `local`); the real port joins it (spike, rule 20). */
function internalHost(host: JsonObject, { name, context, reals }: Place): boolean {
  const listener = child(child(child(host, 'endpoint'), 'address'), 'envoyInternalAddress');
  if (text(listener, 'serverListenerName').startsWith(fabricName)) {
    context.report(
      name,
      `an endpoint that names the internal listener ${fabricName} was removed`,
      'That name is reserved.',
    );
    return false;
  }
  const hbone = child(child(child(host, 'metadata'), 'filterMetadata'), originalDst);
  const [ip] = (text(hbone, 'waypoint') || text(hbone, 'local')).split(':');
  host.endpoint = { address: { envoyInternalAddress: listener } };
  if (ip) setReal(host, hbone, realPort(context, ip, 15008), reals);
  return true;
}

/** Rings and Maglev tables are made of addresses: with those of the virtual network they are the same as on a cluster (thread_aware_lb_impl.h, hashKey). */
function hashBy(host: JsonObject, address: string): void {
  const metadata = child(host, 'metadata');
  const filterMetadata = child(metadata, 'filterMetadata');
  host.metadata = {
    ...metadata,
    filterMetadata: { ...filterMetadata, [lb]: { hash_key: address, ...child(filterMetadata, lb) } },
  };
}

function setReal(host: JsonObject, destination: JsonObject, port: number | undefined, reals: Set<number>): void {
  if (port !== undefined) reals.add(port);
  const metadata = child(host, 'metadata');
  const filterMetadata = child(metadata, 'filterMetadata');
  host.metadata = {
    ...metadata,
    filterMetadata: {
      ...filterMetadata,
      [originalDst]: destination,
      [lb]: { ...child(filterMetadata, lb), [realKey]: port === undefined ? worldHost : String(port) },
    },
  };
}
