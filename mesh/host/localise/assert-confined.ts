import type { Json, JsonObject } from '../../json.ts';
import { isObject } from '../../json.ts';
import { ProblemError } from '../../problem.ts';
import { xdsCluster } from './endpoints.ts';
import { forbidden } from './forbidden.ts';
import { isBelow } from './paths.ts';
import type { LocalConfig, LocalPlace } from './place.ts';
import { readingOperator } from './rules/formats.ts';
import { allowedTypes } from './types.ts';
import { freeJson, messageMaps } from './walk.ts';

/**
 * The last gate before Envoy: walks what localise made, sharing no code with its rules but the lists, and throws a
 * ProblemError when an address, a path, a message or a source of configuration is left that leads out of the run.
 */
export function assertConfined(config: LocalConfig, place: LocalPlace): void {
  const [first, ...rest] = escapes(config, place).map((what) => ({
    what: `unsafe configuration was not passed to Envoy: ${what}`,
    fix: 'This is an error of mesh-labs; please report it with the lab.',
  }));
  if (first !== undefined) throw new ProblemError(first, ...rest);
}

/** Every way out that is left, one line each with its place in the tree; empty is confined. */
export function escapes(config: LocalConfig, place: LocalPlace): string[] {
  const { bound, problems, ...resources } = config;
  const found: string[] = [];
  const ports = new Set([place.worldPort, ...place.inbound.values()]);
  walk(resources, [], { place, ports, found });
  for (const listener of config.listeners) checkListener(listener, place, found);
  for (const cluster of config.clusters) {
    if (!['STATIC', 'EDS', undefined].includes(cluster.type as string | undefined))
      found.push(`cluster type ${cluster.type}`);
  }
  return found;
}

interface Walk {
  place: LocalPlace;
  /** The ports of 127.0.0.1 that a cluster may dial. */
  ports: Set<number>;
  found: string[];
}

/** Strings are looked at everywhere, also in free JSON: an access log's jsonFormat is made of formats. */
function walk(value: Json | undefined, path: string[], w: Walk, kind: 'message' | 'map' | 'free' = 'message'): void {
  if (typeof value === 'string') {
    if (value.search(readingOperator) >= 0) w.found.push(`${path.join('.')}: ${value}`);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const reason = isObject(value) && kind === 'message' ? unsafe(value, path, w) : undefined;
  if (reason !== undefined) w.found.push(`${path.join('.')}: ${reason}`);
  for (const [field, inner] of Object.entries(value)) {
    path.push(field);
    walk(inner, path, w, kind === 'free' ? 'free' : kind === 'map' ? 'message' : kindOf(field));
    path.pop();
  }
}

const kindOf = (field: string) => (freeJson.has(field) ? 'free' : messageMaps.has(field) ? 'map' : 'message');

/** Why this one message is unsafe by itself; undefined is safe. */
function unsafe(object: JsonObject, path: string[], { place, ports }: Walk): string | undefined {
  // In its other spelling a field would slip past the rules.
  const field = Object.keys(object).find(
    (name) => Object.hasOwn(forbidden, name) || /^[a-z]+(_[a-z0-9]+)+$/.test(name),
  );
  if (field !== undefined) return `field ${field}`;
  const type = object['@type'];
  if (type !== undefined && !(typeof type === 'string' && allowedTypes.has(type))) return `type ${type}`;
  if ('filename' in object && !isBelow(place.podFolder, String(object.filename))) return `file ${object.filename}`;
  if (isObject(object.pipe) && !isBelow(place.podFolder, String(object.pipe.path))) return `socket ${object.pipe.path}`;
  if (String(type).endsWith('FileAccessLog') && !isBelow(place.podFolder, String(object.path)))
    return `log ${object.path}`;
  if (isObject(object.apiConfigSource)) return foreignSource(object.apiConfigSource);
  const isListenerAddress = path[0] === 'listeners' && path.length === 3 && path[2] === 'address';
  if (isObject(object.socketAddress) && !isListenerAddress) return foreignAddress(object.socketAddress, ports);
  return undefined;
}

const foreignSource = (source: JsonObject) =>
  source.apiType === 'REST' && JSON.stringify(source.clusterNames) === JSON.stringify([xdsCluster])
    ? undefined
    : `configuration from ${JSON.stringify(source)}`;

const foreignAddress = (socket: JsonObject, ports: Set<number>) =>
  socket.address === '127.0.0.1' && ports.has(Number(socket.portValue))
    ? undefined
    : `address ${socket.address}:${socket.portValue}`;

/** A listener either does not bind, or is a socket of the pod's folder, or takes a port of 127.0.0.1 behind the secret. */
function checkListener(listener: JsonObject, place: LocalPlace, found: string[]): void {
  if (listener.bindToPort === false || isObject(listener.internalListener)) return;
  const address = isObject(listener.address) ? listener.address : {};
  if (isObject(address.pipe)) return;
  const socket = isObject(address.socketAddress) ? address.socketAddress : {};
  if (socket.address !== '127.0.0.1' || socket.portValue !== 0)
    found.push(`listener ${listener.name} binds ${JSON.stringify(address)}`);
  if (
    listener.defaultFilterChain !== undefined ||
    !JSON.stringify(listener.filterChainMatcher ?? '').includes(place.secret)
  ) {
    found.push(`listener ${listener.name} serves connections without the secret`);
  }
}
