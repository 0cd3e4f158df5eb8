import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import type { ClientEnd, ConnectFailure, Opening, ServerEnd } from '../../world/connection.ts';
import type { Random } from '../../world/random.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import { Balancer } from '../balance/balancer.ts';
import type { LocalityGroup } from '../balance/localities.ts';
import { type Balancing, SubsetBalancer } from '../balance/subsets.ts';
import type { LbContext } from '../balance/types.ts';
import type { Address, NodeInfo, Stats } from '../facts.ts';
import { reportUnsupported } from '../match/unsupported.ts';
import { has, milliseconds, number, object, text } from '../runtime/proto.ts';
import type { Secrets } from '../tls/secrets.ts';
import { type CircuitBreaker, compileCircuitBreaker } from './circuit-breaker.ts';
import { Host, hostKey } from './host.ts';
import { type Resolve, readHosts } from './hosts.ts';
import { type HttpOptions, readHttpOptions } from './http-options.ts';
import { HttpPool } from './http-pool.ts';
import { MergedUpdates } from './merged-updates.ts';
import { OutlierDetector, readOutlier } from './outlier.ts';
import { compilePicker, isConsistent } from './picker.ts';
import { ClusterStats } from './stats.ts';
import { compileTransport, type Transport } from './transport.ts';

/** What a cluster needs of its proxy. */
export interface ClusterSetting {
  node: NodeInfo;
  clock: VirtualClock;
  random: Random;
  stats: Stats;
  secrets: Secrets;
  resolve: Resolve;
  pointer: string;
  /** What is configured and not interpreted. */
  report(problem: Problem): void;
  /** Connects from this proxy. */
  dial(to: Address, opening: Opening, client: ClientEnd): ServerEnd | ConnectFailure;
}

/** What of a request decides on which connections it may go. */
export interface PoolOptions {
  downstreamProtocol: string | undefined;
  /** ALPN by upstream protocol, of the istio.alpn filter. */
  alpn: { [protocol: string]: readonly string[] } | undefined;
  /** Host of the request, for autoSni. */
  serverName: string;
}

/** Fields of Cluster that change what happens and are not interpreted. */
const notInterpretedFields = ['healthChecks', 'loadBalancingPolicy', 'clusterType'];

interface PoolKey {
  protocol: 'HTTP/1.1' | 'HTTP/2';
  alpn: readonly string[] | undefined;
  sni: string;
  priority: 'DEFAULT' | 'HIGH';
  text: string;
}

/** A compiled Cluster with its hosts, their health, pools and limits. */
export class Cluster {
  readonly name: string;
  readonly json: JsonObject;
  readonly pointer: string;
  readonly type: string;
  readonly connectTimeoutMs: number;
  readonly stats: ClusterStats;
  readonly breakers: { DEFAULT: CircuitBreaker; HIGH: CircuitBreaker };
  readonly http: HttpOptions;
  readonly outlier: OutlierDetector | undefined;
  readonly #setting: ClusterSetting;
  readonly #balancer: Balancing;
  readonly #updates: MergedUpdates;
  readonly #transport: (host: Host) => Transport;
  #hosts = new Map<string, Host>();
  #priorities: LocalityGroup[][] = [];
  readonly #poolKeys: PoolKey[] = [];
  readonly #portOverride: number;
  /** istio.alpn leaves it alone (istio/proxy source/extensions/filters/http/alpn/alpn_filter.cc: metadata `alpn_override`). */
  readonly #ownAlpn: boolean;
  /** Requests of one connection ask for the same destination again and again. */
  #lastOriginal: { asked: Address; host: Host } | undefined;

  constructor(json: JsonObject, setting: ClusterSetting) {
    this.json = json;
    this.#setting = setting;
    this.pointer = setting.pointer;
    this.name = text(json, 'name');
    this.type = has(json, 'clusterType') ? 'CUSTOM' : text(json, 'type') || 'STATIC';
    this.connectTimeoutMs = milliseconds(json, 'connectTimeout', 5000);
    reportUnsupported(json, notInterpretedFields, setting);
    const prefix = `cluster.${text(json, 'altStatName') || this.name}.`;
    this.stats = new ClusterStats(setting.stats, prefix);
    const at = { stats: setting.stats, prefix };
    this.breakers = {
      DEFAULT: compileCircuitBreaker(json, 'DEFAULT', at),
      HIGH: compileCircuitBreaker(json, 'HIGH', at),
    };
    this.http = readHttpOptions(json);
    this.#transport = compileTransport(json, setting);
    this.#portOverride = number(object(json, 'originalDstLbConfig'), 'upstreamPortOverride');
    this.#ownAlpn = text(object(json, 'metadata', 'filterMetadata', 'istio'), 'alpn_override') === 'false';
    this.#balancer = this.#compileBalancer();
    const window = milliseconds(object(json, 'commonLbConfig'), 'updateMergeWindow', 1000);
    this.#updates = new MergedUpdates(setting.clock, window, () => this.#balancer.update(this.#priorities));
    this.outlier = has(json, 'outlierDetection')
      ? new OutlierDetector({
          config: readOutlier(object(json, 'outlierDetection')),
          clock: setting.clock,
          random: setting.random,
          stats: setting.stats,
          prefix,
          changed: () => {
            this.stats.members(this.hosts, false);
            this.#updates.later();
          },
        })
      : undefined;
    if (has(json, 'loadAssignment')) this.assign(object(json, 'loadAssignment'));
  }

  /** Its name in statistics and logs, where it has another there. */
  get alias(): string | undefined {
    return text(this.json, 'altStatName') || undefined;
  }

  get hosts(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  get priorities(): readonly (readonly LocalityGroup[])[] {
    return this.#priorities;
  }

  /** The name under which endpoints come by EDS; '' when they do not. */
  get edsName(): string {
    if (this.type !== 'EDS') return '';
    return text(object(this.json, 'edsClusterConfig'), 'serviceName') || this.name;
  }

  /** Takes a ClusterLoadAssignment. Hosts that leave are drained. */
  assign(assignment: JsonObject): void {
    this.#priorities = readHosts(assignment, this.#hosts, this.#setting.resolve);
    const hosts = this.#priorities.flatMap((groups) => groups.flatMap((g) => [...g.hosts]));
    const now = new Map(hosts.map((h) => [h.key, h]));
    for (const [key, host] of this.#hosts) if (!now.has(key)) drain(host);
    const isNew = now.size !== this.#hosts.size || hosts.some((h) => !this.#hosts.has(h.key));
    for (const [key, host] of now) if (!this.#hosts.has(key)) host.since = this.#setting.clock.elapsed;
    this.#hosts = now;
    this.outlier?.setHosts(hosts);
    this.stats.members(hosts, isNew);
    this.#updates.now();
  }

  /** The host for one attempt; undefined: none can be picked. */
  choose(context: LbContext): Host | undefined {
    if (this.type !== 'ORIGINAL_DST') return this.#balancer.pick(context);
    return this.#original(context.destination);
  }

  /** The connections to `host` that this request may use. */
  pool(host: Host, options: PoolOptions, priority: 'DEFAULT' | 'HIGH'): HttpPool {
    const protocol = this.#protocol(options.downstreamProtocol);
    const alpn = this.#ownAlpn ? undefined : options.alpn?.[protocol];
    const sni = this.http.autoSni || this.http.autoSanValidation ? options.serverName : '';
    const key = this.#poolKey({ protocol, alpn, sni, priority });
    const known = host.pools.get(key.text);
    if (known) return known as HttpPool;
    const pool = this.#newPool(host, key);
    host.pools.set(key.text, pool);
    return pool;
  }

  /** Connects to a host for `inner`, wrapped in TLS where the host's transport socket says so. */
  dial(
    host: Host,
    inner: Opening,
    how: { client: ClientEnd; alpn?: readonly string[] | undefined; serverName?: string },
  ): ServerEnd | ConnectFailure {
    const transport = this.#transport(host);
    if (transport.unsupported) return { failure: 'refused', reason: transport.unsupported };
    if (!transport.tls) return this.#setting.dial(host.address, inner, how.client);
    const reason = transport.tls.notReady();
    if (reason) return { failure: 'tls', reason };
    const { autoSni, autoSanValidation } = this.http;
    const hello = transport.tls.hello({
      alpn: how.alpn,
      sni: autoSni ? how.serverName : '',
      expected: autoSanValidation ? how.serverName : '',
    });
    return this.#setting.dial(host.address, { kind: 'tls', hello, inner }, how.client);
  }

  transportOf(host: Host): Transport {
    return this.#transport(host);
  }

  /** The cluster is gone or replaced. */
  drain(): void {
    for (const host of this.#hosts.values()) drain(host);
  }

  /** The same few combinations come again and again: found by identity, without making a string per request. */
  #poolKey({ protocol, alpn, sni, priority }: Omit<PoolKey, 'text'>): PoolKey {
    for (const k of this.#poolKeys)
      if (k.alpn === alpn && k.protocol === protocol && k.sni === sni && k.priority === priority) return k;
    const key = { protocol, alpn, sni, priority, text: `${protocol} ${priority} ${sni} ${alpn ?? '-'}` };
    if (this.#poolKeys.length < 16) this.#poolKeys.push(key);
    return key;
  }

  #protocol(downstream: string | undefined): 'HTTP/1.1' | 'HTTP/2' {
    if (this.http.protocol === 'downstream') return downstream === 'HTTP/2' ? 'HTTP/2' : 'HTTP/1.1';
    return this.http.protocol;
  }

  #newPool(host: Host, key: PoolKey): HttpPool {
    return new HttpPool(host, {
      clock: this.#setting.clock,
      breaker: this.breakers[key.priority],
      stats: this.stats,
      connectTimeoutMs: this.connectTimeoutMs,
      multiplexed: key.protocol === 'HTTP/2',
      maxRequestsPerConnection: this.http.maxRequestsPerConnection,
      idleTimeoutMs: this.http.idleTimeoutMs,
      maxConnectionMs: this.http.maxConnectionMs,
      dial: (client) =>
        this.dial(host, { kind: 'http', version: key.protocol }, { client, alpn: key.alpn, serverName: key.sni }),
    });
  }

  /** One host per destination, made on demand (source/extensions/clusters/original_dst). */
  #original(destination: Address): Host {
    const last = this.#lastOriginal;
    if (last?.asked === destination) return last.host;
    const override = this.#portOverride;
    const address = override ? { ip: destination.ip, port: override } : destination;
    const key = hostKey(address);
    let host = this.#hosts.get(key);
    if (!host) {
      host = new Host(address);
      this.#hosts.set(key, host);
    }
    this.#lastOriginal = { asked: destination, host };
    return host;
  }

  #compileBalancer(): Balancing {
    const common = object(this.json, 'commonLbConfig');
    const policy = object(this.json, 'loadAssignment', 'policy');
    const config = {
      picker: compilePicker(this.json, this.#setting.clock),
      panicThreshold: has(common, 'healthyPanicThreshold')
        ? number(object(common, 'healthyPanicThreshold'), 'value')
        : 50,
      overprovisioning: number(policy, 'overprovisioningFactor', 140),
      localityWeighted: has(common, 'localityWeightedLbConfig'),
      consistent: isConsistent(this.json),
    };
    const make = (): Balancing => new Balancer(config, this.#setting.random);
    const subsets = object(this.json, 'lbSubsetConfig');
    return has(this.json, 'lbSubsetConfig') ? new SubsetBalancer(subsets, make) : make();
  }
}

function drain(host: Host): void {
  for (const pool of host.pools.values()) pool.drain();
}
