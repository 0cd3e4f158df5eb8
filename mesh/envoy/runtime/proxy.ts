import type { XdsConfig } from '../../istiod/xds/types.ts';
import type { JsonObject } from '../../json.ts';
import { type Problem, ProblemError } from '../../problem.ts';
import type { Acceptor, Address, ClientEnd, ConnectFailure, Dial, Opening, ServerEnd } from '../../world/connection.ts';
import type { VirtualNetwork } from '../../world/network.ts';
import type { Random } from '../../world/random.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { Cluster, type ClusterSetting } from '../cluster/cluster.ts';
import type { Resolve } from '../cluster/hosts.ts';
import type { FilterRegistry } from '../hcm/filter-chain.ts';
import { callCluster } from '../hcm/own-call.ts';
import type { RouterSetting } from '../hcm/router-host.ts';
import { assignmentShape, clusterShape } from '../known/cluster.ts';
import { listenerShape } from '../known/listener.ts';
import { routeConfiguration } from '../known/route.ts';
import { checkShape, type Shape } from '../known/shape.ts';
import { compileListener, type ListenerCompiling } from '../listener/compile.ts';
import type { Listener } from '../listener/listener.ts';
import { compileAccessLogs } from '../log/access-log.ts';
import { compileRoutePolicy } from '../route/policy.ts';
import { compileRouteConfig } from '../route/route-config.ts';
import { IstioMetrics } from '../stats/metrics.ts';
import { internalDial, isInternal } from '../tcp/internal.ts';
import { type Issue, Secrets } from '../tls/secrets.ts';
import type { FilterContext, HttpResponse, NetworkFilterFactory, NodeInfo, RouteTable, TraceSink } from '../types.ts';
import { metricsLog } from './metrics-log.ts';
import { text } from './proto.ts';
import { Reports } from './reports.ts';
import { StatStore } from './stat-store.ts';

export interface ProxySetting {
  clock: VirtualClock;
  network: VirtualNetwork;
  random: Random;
  issue: Issue;
  resolve: Resolve;
  httpFilters: FilterRegistry;
  networkFilters: ReadonlyMap<string, NetworkFilterFactory>;
  /** A line of the proxy's access log. */
  write(line: string): void;
  /** The proxy at an address. */
  nodeAt(ip: string): NodeInfo | undefined;
  /** Only in a replay. */
  traceOf?: ((tagged: { tag?: unknown }) => TraceSink | undefined) | undefined;
}

/** Addresses that istio-iptables redirects to: tools/istio-iptables in istio/istio, pkg/constants. */
const outboundPort = 15_001;
const inboundPort = 15_006;
const hbonePort = 15_008;

interface Known<T> {
  text: string;
  value: T;
}

/** One Envoy: takes configuration, accepts connections, makes connections. */
export class EnvoyProxy {
  readonly node: NodeInfo;
  readonly stats = new StatStore();
  readonly metrics = new IstioMetrics();
  readonly secrets: Secrets;
  /** What Envoy would have refused in the last update, with its reasons; the resource keeps its last good state. */
  rejections: Problem[] = [];
  readonly #reports = new Reports();
  config: XdsConfig | undefined;
  readonly #setting: ProxySetting;
  readonly #router: RouterSetting;
  readonly #context: FilterContext;
  readonly #clusters = new Map<string, Cluster>();
  readonly #clusterTexts = new Map<string, string>();
  readonly #endpointTexts = new Map<string, string>();
  readonly #texts = new WeakMap<JsonObject, string>();
  readonly #routes = new Map<string, Known<RouteTable>>();
  #listeners = new Map<string, Known<Listener>>();
  #byPort = new Map<number, Listener[]>();
  #connections = 0;
  #sourcePort = 32_768;

  constructor(node: NodeInfo, setting: ProxySetting) {
    this.node = node;
    this.#setting = setting;
    this.secrets = new Secrets(setting.issue, node);
    this.#router = {
      node,
      clock: setting.clock,
      random: setting.random,
      suppressEnvoyHeaders: false,
      cluster: (name) => this.#clusters.get(name),
      call: (cluster, request, how) => callCluster(this.#router, { cluster, request }, how),
    };
    this.#context = this.#makeContext();
  }

  /** What is configured and not interpreted. */
  get reports(): readonly Problem[] {
    return this.#reports.all;
  }

  get clusters(): readonly Cluster[] {
    return [...this.#clusters.values()];
  }

  get listeners(): readonly Listener[] {
    return [...this.#listeners.values()].map((l) => l.value);
  }

  /** Takes what leaves the pod. */
  readonly outbound: Acceptor = { accept: (dial) => this.#capture(dial) };

  /** Takes what arrives at the pod. */
  readonly inbound: Acceptor = {
    accept: (dial) =>
      (this.#hbone(dial) ?? this.#find({ ip: '0.0.0.0', port: inboundPort }) ?? this.#find(dial.destination))?.accept(
        dial,
      ) ?? refused,
  };

  /** HBONE is not redirected (tools/istio-iptables/pkg/capture, the inbound tunnel port). */
  #hbone({ destination }: Dial): Listener | undefined {
    return destination.port === hbonePort ? this.#find(destination) : undefined;
  }

  /** Whether the proxy has listeners for captured traffic in each direction. */
  get captures(): boolean {
    return this.#find({ ip: '0.0.0.0', port: outboundPort }) !== undefined;
  }

  /** Replaces the configuration (state of the world). What is unchanged keeps its connections, counters and ejections. */
  update(config: XdsConfig): void {
    this.config = config;
    this.rejections = [];
    this.secrets.forget();
    this.#updateClusters(config);
    this.#updateEndpoints(config);
    this.#updateRoutes(config);
    this.#updateListeners(config);
  }

  #updateClusters({ clusters }: XdsConfig): void {
    const names = new Set(clusters.map((c) => text(c, 'name')));
    for (const [name, cluster] of this.#clusters)
      if (!names.has(name)) {
        cluster.drain();
        this.#clusters.delete(name);
        this.#clusterTexts.delete(name);
      }
    for (const [i, json] of clusters.entries()) {
      const name = text(json, 'name');
      const now = this.#textOf(json);
      if (this.#clusterTexts.get(name) === now) continue;
      const made = this.#guard(() => new Cluster(json, this.#clusterSetting(json, `/clusters/${i}`)));
      if (!made) continue;
      this.#check(json, clusterShape, `/clusters/${i}`);
      this.#clusters.get(name)?.drain();
      this.#clusters.set(name, made);
      this.#clusterTexts.set(name, now);
      this.#endpointTexts.delete(name);
    }
  }

  #updateEndpoints({ endpoints }: XdsConfig): void {
    const byName = new Map(endpoints.map((e) => [text(e, 'clusterName'), e]));
    for (const [name, cluster] of this.#clusters) {
      if (cluster.edsName === '') continue;
      const assignment = byName.get(cluster.edsName) ?? {};
      const now = this.#textOf(assignment);
      if (this.#endpointTexts.get(name) === now) continue;
      this.#endpointTexts.set(name, now);
      this.#check(assignment, assignmentShape, `/endpoints/${name}`);
      cluster.assign(assignment);
    }
  }

  #updateRoutes({ routes }: XdsConfig): void {
    const names = new Set(routes.map((r) => text(r, 'name')));
    for (const name of this.#routes.keys()) if (!names.has(name)) this.#routes.delete(name);
    for (const [i, json] of routes.entries()) {
      const [name, now] = [text(json, 'name'), this.#textOf(json)];
      if (this.#routes.get(name)?.text === now) continue;
      const value = this.#guard(() => this.#table(json, `/routes/${i}`));
      if (!value) continue;
      this.#check(json, routeConfiguration, `/routes/${i}`);
      this.#routes.set(name, { text: now, value });
    }
  }

  #updateListeners({ listeners }: XdsConfig): void {
    const before = this.#listeners;
    this.#listeners = new Map();
    for (const [i, json] of listeners.entries()) {
      const [name, now] = [text(json, 'name'), this.#textOf(json)];
      const known = before.get(name);
      const made =
        known?.text === now
          ? known.value
          : this.#guard(() => compileListener(json, `/listeners/${i}`, this.#compiling()));
      if (made && made !== known?.value) this.#check(json, listenerShape, `/listeners/${i}`);
      if (made) this.#listeners.set(name, { text: now, value: made });
      else if (known) this.#listeners.set(name, known);
    }
    for (const [name, { value }] of before) if (this.#listeners.get(name)?.value !== value) value.draining = true;
    this.#byPort = new Map();
    for (const { value } of this.#listeners.values())
      if (!value.isInternal)
        this.#byPort.set(value.address.port, [...(this.#byPort.get(value.address.port) ?? []), value]);
  }

  /** A resource is never changed in place: one that was seen has the text it had. */
  #textOf(json: JsonObject): string {
    const known = this.#texts.get(json) ?? JSON.stringify(json);
    this.#texts.set(json, known);
    return known;
  }

  #check(json: JsonObject, shape: Shape, pointer: string): void {
    checkShape(json, shape, { pointer, report: this.#reports.add });
  }

  /** A refused resource leaves the others alone (docs: xds_protocol, "Resource warming", and measured: envoy-spike.md, 1). */
  #guard<T>(make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.rejections.push(...error.problems);
      return undefined;
    }
  }

  /** Hands over to the listener of the original destination, exact address before wildcard (source/common/listener_manager/active_tcp_listener.cc). */
  #capture(dial: Dial): ServerEnd | ConnectFailure {
    const virtual = this.#find({ ip: '0.0.0.0', port: outboundPort });
    if (!virtual) return this.#setting.network.deliver(dial);
    const target =
      virtual.useOriginalDst && dial.destination.port !== outboundPort ? this.#find(dial.destination) : undefined;
    return (target ?? virtual).accept(dial);
  }

  #find({ ip, port }: Address): Listener | undefined {
    const all = this.#byPort.get(port);
    if (!all) return undefined;
    return all.find((l) => l.address.ip === ip) ?? all.find((l) => l.address.ip === '0.0.0.0' || l.address.ip === '::');
  }

  /**
   * `isToApp`: from 127.0.0.6, which iptables leaves alone, so that the pod's own address is its app; whoever else dials that
   * address comes back to the proxy (tools/istio-iptables/pkg/capture, "-o lo ! -d 127.0.0.1/32 … ISTIO_IN_REDIRECT").
   */
  #dial(
    destination: Address,
    opening: Opening,
    { client, isToApp }: { client: ClientEnd; isToApp: boolean },
  ): ServerEnd | ConnectFailure {
    const { network } = this.#setting;
    const port = this.#sourcePort;
    this.#sourcePort = port === 60_999 ? 32_768 : port + 1;
    const dial: Dial = { source: { ip: this.node.ip, port }, destination, opening, client, tag: client.tag };
    if (isInternal(destination))
      return this.#listeners.get(destination.listener)?.value.accept(internalDial(dial)) ?? refused;
    const isLoopback = destination.ip.startsWith('127.') || destination.ip === '::1';
    const isOwn = isLoopback || (isToApp && destination.ip === this.node.ip);
    return isOwn ? network.local(this.node.ip, dial) : network.deliver(dial);
  }

  #clusterSetting(json: JsonObject, pointer: string): ClusterSetting {
    const isToApp = json.upstreamBindConfig !== undefined;
    const { clock, random, resolve } = this.#setting;
    return {
      node: this.node,
      clock,
      random,
      resolve,
      stats: this.stats,
      secrets: this.secrets,
      pointer,
      report: this.#reports.add,
      dial: (to, opening, client) => this.#dial(to, opening, { client, isToApp }),
    };
  }

  #table(json: JsonObject, pointer: string): RouteTable {
    return compileRouteConfig(json, { context: this.#context, pointer, policy: compileRoutePolicy });
  }

  #compiling(): ListenerCompiling {
    const { httpFilters, networkFilters, write, traceOf, nodeAt } = this.#setting;
    return {
      setting: { ...this.#router, stats: this.stats, traceOf, nextConnectionId: () => ++this.#connections },
      context: this.#context,
      secrets: this.secrets,
      httpFilters,
      networkFilters,
      logs: (config, pointer) => compileAccessLogs(config, pointer, { write, report: this.#context.report }),
      metrics: (view) => metricsLog({ metrics: this.metrics, cluster: this.#router.cluster, nodeAt }, view),
      rds: (name) => () => this.#routes.get(name)?.value,
      routes: (json, pointer) => this.#table(json, pointer),
    };
  }

  #makeContext(): FilterContext {
    const { clock, random } = this.#setting;
    return {
      node: this.node,
      clock,
      random,
      stats: this.stats,
      outside: (work) => clock.outside(work),
      report: this.#reports.add,
      runtime: (_key, otherwise) => otherwise,
      call: (cluster, request, timeoutMs) =>
        clock.promise<HttpResponse | undefined>((resolve) =>
          this.#router.call(cluster, request, { timeoutMs, done: resolve }),
        ),
    };
  }
}

const refused: ConnectFailure = { failure: 'refused', reason: 'delayed connect error: Connection refused' };
