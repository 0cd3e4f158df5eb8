import { keyOf } from '../../model/config.ts';
import {
  type GatewayConfig,
  type GatewayServer,
  isHttpServer,
  isPassthrough,
  isTlsServer,
  protocolOf,
  tlsMode,
} from '../../model/gateway.ts';
import { isHttp } from '../../model/protocol.ts';
import type { ServiceTarget } from '../../model/service.ts';
import type { ProxyContext } from '../context.ts';
import { listeningPorts, type SelectedGateway, selectedGateways } from './select.ts';

/** A port that the gateway listens on; servers of one protocol and address share it. */
export interface ServerPort {
  number: number;
  protocol: string;
  bind: string;
}
export interface PortServers extends ServerPort {
  servers: GatewayServer[];
  /** Of plain HTTP; with TLS each server has its own routes. */
  routeName: string;
}

/** All Gateways of one workload as one (MergedGateway in istio pilot/pkg/model/gateway.go). */
export interface MergedGateway {
  /** In the order in which they were met, oldest Gateway first. */
  ports: PortServers[];
  /** namespace/name of the Gateway that each server is of. */
  nameOf: Map<GatewayServer, string>;
  configOf: Map<GatewayServer, GatewayConfig>;
  serversByRoute: Map<string, GatewayServer[]>;
  tls: Map<GatewayServer, { routeName: string; sniHosts: string[] }>;
  autoPassthrough: boolean;
}

const merged = new WeakMap<ProxyContext, MergedGateway>();

/** What the Gateways that select the proxy ask for. */
export function mergedGateway(context: ProxyContext): MergedGateway {
  const known = merged.get(context);
  if (known) return known;
  const merging = new Merging(context);
  for (const selected of selectedGateways(context)) merging.add(selected);
  merged.set(context, merging.result);
  return merging.result;
}

/** mergeGateways: servers that do not go together with an older one are left out. */
class Merging {
  readonly result: MergedGateway = {
    ports: [],
    nameOf: new Map(),
    configOf: new Map(),
    serversByRoute: new Map(),
    tls: new Map(),
    autoPassthrough: false,
  };
  readonly #context: ProxyContext;
  readonly #used = new Set<number>();
  readonly #plain = new Map<number, PortServers>();
  readonly #tlsHosts = new Map<number, Map<string, string>>();

  constructor(context: ProxyContext) {
    this.#context = context;
  }

  add({ config, targets, bySelector }: SelectedGateway): void {
    for (const given of config.spec.servers ?? []) {
      if (!given.port) continue;
      const server = withNamespaces(this.#context, given, config.namespace);
      this.result.nameOf.set(server, keyOf(config));
      this.result.configOf.set(server, config);
      this.#server(server, config, { targets, bySelector });
    }
  }

  #server(
    server: GatewayServer,
    config: GatewayConfig,
    at: { targets: readonly ServiceTarget[]; bySelector: boolean },
  ) {
    for (const number of listeningPorts(server.port?.number ?? 0, at)) {
      const routeName = routeNameOf(server, number, config);
      const port = { number, protocol: server.port?.protocol ?? '', bind: server.bind ?? '' };
      if (server.tls && !this.#claimHosts(server, port, routeName)) continue;
      if (!this.#used.has(number)) {
        this.#used.add(number);
        this.#open(server, port, routeName);
      } else if (this.#plain.has(number)) this.#besidePlain(server, port, routeName);
      else this.#besideTls(server, port, routeName);
    }
  }

  /** Envoy refuses two chains for one name, so the second server of a host is left out. */
  #claimHosts(server: GatewayServer, { number, bind }: ServerPort, routeName: string): boolean {
    const known = this.#tlsHosts.get(number) ?? new Map<string, string>();
    this.#tlsHosts.set(number, known);
    const twice = claimHosts(server.hosts ?? [], bind, known);
    if (twice.length > 0) {
      this.#refuse(server, `port ${number} already has a server for ${twice.join(', ')}`);
      return false;
    }
    this.result.tls.set(server, { routeName, sniHosts: sniHostsOf(server) });
    if (server.tls && tlsMode(server.tls) === 'AUTO_PASSTHROUGH') this.result.autoPassthrough = true;
    return true;
  }

  /** The first server of a port and address. */
  #open(server: GatewayServer, port: ServerPort, routeName: string): void {
    const servers: PortServers = { ...port, servers: [server], routeName };
    if (!isTlsServer(server)) this.#plain.set(port.number, servers);
    if (isHttpServer(server)) this.result.serversByRoute.set(routeName, [server]);
    this.result.ports.push(servers);
  }

  #besidePlain(server: GatewayServer, port: ServerPort, routeName: string): void {
    const current = this.#plain.get(port.number);
    if (!current) return;
    if (current.bind === port.bind) {
      if (!mergeable(port.protocol, current.protocol) || routeName === '') {
        this.#refuse(server, `port ${port.number} is already used for ${current.protocol}`);
        return;
      }
      current.servers.push(server);
      this.#addToRoute(routeName, server);
      return;
    }
    const same = this.#find(port);
    if (!same) {
      this.#open(server, port, routeName);
      return;
    }
    same.routeName = routeName;
    same.servers.push(server);
    this.#addToRoute(routeName, server);
  }

  #besideTls(server: GatewayServer, port: ServerPort, routeName: string): void {
    if (!isTlsServer(server)) {
      this.#replace(server, port, routeName);
      return;
    }
    if (isHttpServer(server)) {
      if (routeName === '' || this.result.serversByRoute.has(routeName)) {
        this.#refuse(server, `the Gateway has another server of port name ${server.port?.name ?? ''}`);
        return;
      }
      this.result.serversByRoute.set(routeName, [server]);
    }
    const same = this.#find(port);
    if (same) same.servers.push(server);
    else this.result.ports.push({ ...port, servers: [server], routeName: '' });
  }

  /** As istiod, a plain server that comes after TLS takes over what was on its port under its own protocol. */
  #replace(server: GatewayServer, port: ServerPort, routeName: string): void {
    const same = this.#find(port);
    const servers: PortServers = same ?? { ...port, servers: [], routeName };
    servers.servers = [server];
    servers.routeName = routeName;
    if (!same) this.result.ports.push(servers);
    this.#plain.set(port.number, servers);
    if (isHttpServer(server)) this.result.serversByRoute.set(routeName, [server]);
  }

  #addToRoute(routeName: string, server: GatewayServer): void {
    this.result.serversByRoute.set(routeName, [...(this.result.serversByRoute.get(routeName) ?? []), server]);
  }

  #find = (port: ServerPort): PortServers | undefined =>
    this.result.ports.find((p) => p.number === port.number && p.protocol === port.protocol && p.bind === port.bind);

  #refuse(server: GatewayServer, why: string): void {
    const gateway = this.result.nameOf.get(server) ?? '';
    this.#context.problems.push({
      what: `Gateway ${gateway}: the server for ${(server.hosts ?? []).join(', ')} is left out: ${why}`,
      where: { object: `Gateway ${gateway}` },
      fix: 'give it another port, or hosts that no older Gateway of the workload has',
    });
  }
}

/** Hosts that an earlier server of the same address has; if there are none, all are claimed (CheckDuplicates). */
export function claimHosts(hosts: readonly string[], bind: string, known: Map<string, string>): string[] {
  const twice = hosts.filter((host) => known.get(host) === bind);
  if (twice.length === 0) for (const host of hosts) known.set(host, bind);
  return twice;
}

const mergeable = (incoming: string, current: string): boolean => {
  const [a, b] = [protocolOf({ port: { protocol: incoming } }), protocolOf({ port: { protocol: current } })];
  return (isHttp(a) || a === b) && isHttp(b);
};

/** gatewayRDSRouteName: HTTP servers of a port share their routes, HTTPS servers have their own. */
function routeNameOf(server: GatewayServer, number: number, config: GatewayConfig): string {
  const bind = server.bind ? `.${server.bind}` : '';
  if (isHttp(protocolOf(server))) return `http.${number}${bind}`;
  if (protocolOf(server) !== 'HTTPS' || isPassthrough(server)) return '';
  const { number: own = 0, name = '' } = server.port ?? {};
  return `https.${own}.${name}.${config.name}.${config.namespace}${bind}`;
}

const sniHostsOf = (server: GatewayServer): string[] =>
  [...new Set((server.hosts ?? []).map((h) => (h.includes('/') ? (h.split('/')[1] ?? '') : h)))].sort();

/** A host may be limited to VirtualServices of a namespace; `.` is the Gateway's own, `*` any (sanitizeServerHostNamespace). */
function withNamespaces(context: ProxyContext, server: GatewayServer, namespace: string): GatewayServer {
  if (!server.hosts?.some((h) => h.includes('/'))) return server;
  const hosts = server.hosts.includes('*/*')
    ? ['*']
    : server.hosts.map((entry) => {
        const [scope = '', host = ''] = entry.split('/');
        if (!entry.includes('/')) return entry;
        return scope === '.' ? `${namespace}/${host}` : scope === '*' ? host : entry;
      });
  const copy = { ...server, hosts };
  const origin = context.snapshot.provenance.get(server);
  if (origin) context.snapshot.provenance.set(copy, origin);
  return copy;
}
