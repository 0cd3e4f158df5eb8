import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { Acceptor, Address, Certificate, ConnectFailure } from '../../world/connection.ts';
import { candidates, ErrnoError, podSearch, sourcePorts } from '../../world/dial.ts';
import { HeaderList } from '../../world/header-list.ts';
import type { Body, HttpRequest } from '../../world/http-message.ts';
import { parseIp } from '../../world/ip.ts';
import { VirtualNetwork } from '../../world/network.ts';
import { seededRandom } from '../../world/random.ts';
import { VirtualClock } from '../../world/virtual-clock.ts';
import { httpFilters, networkFilters } from '../filter/registry.ts';
import type { FilterRegistry } from '../hcm/filter-chain.ts';
import type { Issue } from '../tls/secrets.ts';
import type { NetworkFilterFactory, NodeInfo, TraceSink } from '../types.ts';
import { AppClient, type ClientOutcome } from './app-client.ts';
import { connectFrom } from './app-connect.ts';
import { type AppPort, AppServer } from './app-server.ts';
import type { AppStream } from './app-tcp.ts';
import { EnvoyProxy } from './proxy.ts';

/** What an app gets of the world; the place adds pod, env and log. Shapes as in mesh/workloads. */
export interface AppWorld {
  fetch(url: string, options?: AppFetchOptions): Promise<AppFetchResponse>;
  /** A TCP connection; rejects with an ErrnoError. */
  connect(host: string, port: number): Promise<AppStream>;
  sleep(milliseconds: number): Promise<void>;
  random(): number;
  now(): number;
  outside<T>(work: () => Promise<T>): Promise<T>;
  /** Whether this is the second life of an app in a replay: it should leave no marks outside. */
  replaying: boolean;
}

export interface AppFetchOptions {
  method?: string;
  headers?: { [name: string]: string };
  body?: string | Uint8Array;
  timeoutMs?: number;
}

export interface AppFetchResponse {
  status: number;
  headers: { [name: string]: string };
  body: Uint8Array;
}

/** Ports of the apps at one address. Called once per start, and once more per replay. */
export type Apps = (world: AppWorld) => { [port: number]: AppPort };

/** Addresses behind each port of a Service. */
export type ServicePorts = { readonly [port: number]: readonly Address[] };

export interface SimOptions {
  seed: number;
  issue: Issue;
  /** Addresses of a full name; empty when there are none. */
  dns(name: string): readonly string[];
  httpFilters?: FilterRegistry;
  networkFilters?: ReadonlyMap<string, NetworkFilterFactory>;
  /** A line of a proxy's access log. */
  onLog?: (node: string, line: string) => void;
  /** Connections to addresses where nothing stands: `refused` (default) or `timeout`. */
  nowhere?: 'refused' | 'timeout';
  /** Requests can be traced as they are sent (MeshSim.trace); costs a look-up for each request at each proxy. */
  traces?: boolean;
}

export interface SimRequest {
  /** Address of the sending pod or host. */
  from: string;
  /** Namespace for short names, as in resolv.conf; '' looks up full names only. */
  namespace?: string;
  url: string;
  method?: string;
  /** Several values are several headers. `:path` is sent as it is, in place of the URL's path, which URL has normalised. */
  headers?: { [name: string]: string | readonly string[] };
  body?: Body;
  version?: 'HTTP/1.1' | 'HTTP/2';
  /** Requests of one lane share a kept-alive connection when it is free; '' closes after each. Default '0'. */
  lane?: string;
  /** Milliseconds, default 0: waits for ever. */
  timeoutMs?: number;
  /** Where to connect to, whatever the url says. */
  to?: Address;
  /** TLS of the client for https; by default it takes any certificate and has none. */
  tls?: ClientTls;
}

/** How a client speaks TLS. */
export interface ClientTls {
  /** Default: the host of the url. */
  sni?: string;
  alpn?: readonly string[];
  certificate?: Certificate;
  /** Why the server's certificate is refused, '' when it is not. */
  refuses?(server: Certificate | undefined): string;
}

interface Pod {
  client: AppClient;
}

const refused: ConnectFailure = { failure: 'refused', reason: 'delayed connect error: Connection refused' };

/** The data plane of a mesh under virtual time: proxies, apps, network. See createMeshSim for the outside view. */
export class Mesh {
  readonly clock = new VirtualClock();
  readonly network: VirtualNetwork;
  readonly proxies = new Map<string, EnvoyProxy>();
  readonly #options: SimOptions;
  readonly #pods = new Map<string, Pod>();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #nextPort = sourcePorts();
  readonly #sinks: Map<string, TraceSink> | undefined;
  readonly #replaying: boolean;
  #lastUrl: { text: string; url: URL } | undefined;

  /** Requests with a tag, and what apps send on with the same x-request-id, are traced in a replay and where options say so. */
  constructor(options: SimOptions, replaying = false) {
    this.#options = options;
    this.#replaying = replaying;
    this.network = new VirtualNetwork({ nowhere: options.nowhere ?? 'refused' });
    this.#sinks = replaying || options.traces ? new Map() : undefined;
  }

  addProxy(node: NodeInfo): void {
    const { options, traceOf } = {
      options: this.#options,
      traceOf: this.#sinks && ((t: { tag?: unknown }) => this.#sinkOf(t)),
    };
    const proxy = new EnvoyProxy(node, {
      clock: this.clock,
      network: this.network,
      // Each proxy has randomness of its own, so that one more proxy does not change what the others draw.
      random: seededRandom(options.seed ^ hashText(node.id)),
      issue: options.issue,
      resolve: (name) => (parseIp(name) ? [name] : options.dns(name)),
      httpFilters: options.httpFilters ?? httpFilters,
      networkFilters: options.networkFilters ?? networkFilters,
      nodeAt: (ip) => this.#nodes.get(ip),
      write: (line) => options.onLog?.(node.id, line),
      traceOf,
    });
    this.proxies.set(node.id, proxy);
    this.#nodes.set(node.ip, node);
    const host = this.network.host(node.ip);
    host.outbound = proxy.outbound;
    host.inbound = proxy.inbound;
  }

  /** Makes the proxy of an address only when a connection leaves or reaches it: `connect` adds it. */
  whenReached(ip: string, connect: () => void): void {
    const host = this.network.host(ip);
    const first = (way: 'outbound' | 'inbound'): Acceptor => ({
      accept: (dial) => {
        host.outbound = undefined;
        host.inbound = undefined;
        connect();
        return way === 'outbound' ? this.network.fromApp(dial) : this.network.deliver(dial);
      },
    });
    host.outbound = first('outbound');
    host.inbound = first('inbound');
  }

  removeProxy(id: string): void {
    const proxy = this.proxies.get(id);
    if (!proxy) return;
    this.proxies.delete(id);
    this.#nodes.delete(proxy.node.ip);
    const host = this.network.host(proxy.node.ip);
    host.outbound = undefined;
    host.inbound = undefined;
  }

  update(id: string, config: XdsConfig): void {
    const proxy = this.proxies.get(id);
    if (!proxy) throw new RangeError(`no proxy ${id}`);
    proxy.update(config);
  }

  attach(ip: string, namespace: string, apps: Apps): void {
    const host = this.network.host(ip);
    host.ports.clear();
    const onRequest =
      this.#sinks && ((request: HttpRequest, at: { ip: string; port: number }) => this.#arrived(request, at));
    for (const [port, server] of Object.entries(apps(this.#world(ip, namespace))))
      host.ports.set(Number(port), new AppServer(server, this.clock, onRequest));
  }

  detach(ip: string): void {
    this.network.remove(ip);
    this.#pods.delete(ip);
  }

  service(ip: string, ports: ServicePorts): void {
    if (Object.keys(ports).length === 0) {
      this.network.remove(ip);
      return;
    }
    const random = seededRandom(this.#options.seed ^ hashText(`service ${ip}`));
    this.network.host(ip).anyPort = {
      accept: (dial) => {
        const endpoints = ports[dial.destination.port] ?? [];
        const destination = endpoints[Math.floor(random.next() * endpoints.length)];
        return destination ? this.network.deliver({ ...dial, destination }) : refused;
      },
    };
  }

  /** Sends as an app at `request.from` does. `done` may be called before this returns. */
  send(request: SimRequest, done: (outcome: ClientOutcome) => void, tag?: TraceSink): void {
    const url = this.#parse(request.url);
    const destination = request.to ?? this.#lookup(url, request.namespace ?? '');
    if (!destination) {
      done({ error: { code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${url.hostname}` } });
      return;
    }
    this.#client(request.from).send(
      {
        destination,
        headers: headersOf(request, url),
        body: request.body ?? '',
        version: request.version ?? 'HTTP/1.1',
        tls: url.protocol === 'https:' ? { sni: url.hostname, alpn: ['h2', 'http/1.1'], ...request.tls } : undefined,
        lane: request.lane ?? '0',
        timeoutMs: request.timeoutMs ?? 0,
        tag,
      },
      done,
    );
  }

  /** Load generators ask for one URL a million times. */
  #parse(text: string): URL {
    if (this.#lastUrl?.text !== text) this.#lastUrl = { text, url: new URL(text) };
    return this.#lastUrl.url;
  }

  #client(ip: string): AppClient {
    let pod = this.#pods.get(ip);
    if (!pod) {
      pod = { client: new AppClient(ip, { network: this.network, clock: this.clock, nextPort: this.#nextPort }) };
      this.#pods.set(ip, pod);
    }
    return pod.client;
  }

  #lookup(url: URL, namespace: string): { ip: string; port: number } | undefined {
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
    if (parseIp(name)) return { ip: name, port };
    const names = namespace ? candidates(name, podSearch(namespace)) : [name];
    for (const candidate of names) {
      const ip = this.#options.dns(candidate)[0];
      if (ip !== undefined) return { ip, port };
    }
    return undefined;
  }

  #world(ip: string, namespace: string): AppWorld {
    const random = seededRandom(this.#options.seed ^ hashText(`app ${ip}`));
    return {
      fetch: (url, options) => this.#fetch({ from: ip, namespace, url, ...options }),
      connect: (host, port) => this.#connect({ ip, namespace }, host, port),
      sleep: (ms) => this.clock.sleep(ms),
      random: () => random.next(),
      now: () => this.clock.now(),
      outside: (work) => this.clock.outside(work),
      replaying: this.#replaying,
    };
  }

  #connect({ ip, namespace }: { ip: string; namespace: string }, host: string, port: number): Promise<AppStream> {
    const destination = this.#lookup(new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`), namespace);
    if (!destination) return Promise.reject(new ErrnoError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`));
    const source = { ip, port: this.#nextPort() };
    return connectFrom({ network: this.network, clock: this.clock }, source, { ip: destination.ip, port });
  }

  #fetch(request: SimRequest): Promise<AppFetchResponse> {
    return this.clock.promise((resolve, reject) =>
      this.send(request, ({ response, error }) => {
        if (error) reject(new ErrnoError(error.code, error.message));
        else resolve({ status: response.status, headers: headerMap(response.headers), body: bytesOf(response.body) });
      }),
    );
  }

  #sinkOf({ tag, headers }: { tag?: unknown; headers?: HeaderList }): TraceSink | undefined {
    const id = headers?.get('x-request-id');
    if (tag !== undefined) {
      if (id !== undefined) this.#sinks?.set(id, tag as TraceSink);
      return tag as TraceSink;
    }
    return id === undefined ? undefined : this.#sinks?.get(id);
  }

  #arrived(request: HttpRequest, at: { ip: string; port: number }): void {
    this.#sinkOf(request)?.record({ at: this.clock.now(), node: '', kind: 'workload', ...at });
  }
}

function headersOf({ method, headers }: SimRequest, url: URL): HeaderList {
  const names = [':authority', ':path', ':method', ':scheme'];
  const values = [url.host, url.pathname + url.search, method ?? 'GET', url.protocol.slice(0, -1)];
  for (const name in headers) {
    const lower = name.toLowerCase();
    const given = headers[name] ?? '';
    if (typeof given !== 'string')
      for (const value of given) {
        names.push(lower);
        values.push(value);
      }
    else if (lower === 'host') values[0] = given;
    else if (lower === ':path') values[1] = given;
    else {
      names.push(lower);
      values.push(given);
    }
  }
  return new HeaderList(names, values);
}

/** Headers as an object, repeated ones joined by ", ", set-cookie by line breaks. */
export function headerMap({ names, values }: HeaderList): { [name: string]: string } {
  const map: { [name: string]: string } = {};
  for (let i = 0; i < names.length; i++) {
    const [name, value] = [names[i] ?? '', values[i] ?? ''];
    const before = map[name];
    map[name] = before === undefined ? value : `${before}${name === 'set-cookie' ? '\n' : ', '}${value}`;
  }
  return map;
}

export const bytesOf = (body: Body): Uint8Array => (typeof body === 'string' ? new TextEncoder().encode(body) : body);
export const textOf = (body: Body): string => (typeof body === 'string' ? body : new TextDecoder().decode(body));

/** FNV-1a, 32 bits: only to tell seeds apart. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
