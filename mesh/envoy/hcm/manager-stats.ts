import type { Counter, DownstreamConnection, Gauge, Stats, Stream, StreamInfo } from '../types.ts';

/** What the router filter counts by how it answered (source/common/router/router.cc, decodeHeaders; measured). */
const answers: { readonly [details: string]: string } = {
  direct_response: 'rq_direct_response',
  route_not_found: 'no_route',
  cluster_not_found: 'no_cluster',
};

const cutOff: { readonly [details: string]: string } = {
  stream_idle_timeout: 'downstream_rq_idle_timeout',
  max_duration_timeout: 'downstream_rq_max_duration_reached',
  downstream_remote_disconnect: 'downstream_rq_rx_reset',
};

type Protocol = StreamInfo['protocol'];

/** Counters of one connection manager beside downstream_rq_total and the families (docs: configuration/http/http_conn_man/stats). */
export class ManagerStats {
  readonly #completed: Counter;
  readonly #routed: Counter;
  readonly #connections: { total: Counter; active: Gauge; destroyed: Counter };
  readonly #byProtocol: { [http in 'http1' | 'http2']: { requests: Counter; connections: Counter; open: Gauge } };
  readonly #tls: { total: Counter; active: Gauge };
  readonly #byDetails: ReadonlyMap<string, Counter>;
  readonly #destroyedBy: { local: Counter; remote: Counter };

  /** `prefix`: `http.STAT_PREFIX.`. */
  constructor(stats: Stats, prefix: string) {
    const counter = (name: string) => stats.counter(prefix + name);
    const gauge = (name: string) => stats.gauge(prefix + name);
    this.#completed = counter('downstream_rq_completed');
    this.#routed = counter('rq_total');
    this.#connections = {
      total: counter('downstream_cx_total'),
      active: gauge('downstream_cx_active'),
      destroyed: counter('downstream_cx_destroy'),
    };
    const of = (http: string) => ({
      requests: counter(`downstream_rq_${http}_total`),
      connections: counter(`downstream_cx_${http}_total`),
      open: gauge(`downstream_cx_${http}_active`),
    });
    this.#byProtocol = { http1: of('http1'), http2: of('http2') };
    this.#tls = { total: counter('downstream_cx_ssl_total'), active: gauge('downstream_cx_ssl_active') };
    this.#destroyedBy = {
      local: counter('downstream_cx_destroy_local'),
      remote: counter('downstream_cx_destroy_remote'),
    };
    const named = Object.entries({ ...answers, ...cutOff });
    this.#byDetails = new Map(named.map(([details, name]) => [details, counter(name)]));
  }

  request(protocol: Protocol): void {
    this.#of(protocol).requests.value++;
  }

  /** The router filter has the request. */
  routed(): void {
    this.#routed.value++;
  }

  finished({ info }: Stream): void {
    this.#completed.value++;
    if (info.responseCodeDetails === 'via_upstream') return;
    const counter = this.#byDetails.get(info.responseCodeDetails);
    if (counter) counter.value++;
  }

  opened({ protocol, tls }: DownstreamConnection): void {
    this.#connections.total.value++;
    this.#connections.active.value++;
    const { connections, open } = this.#of(protocol);
    connections.value++;
    open.value++;
    if (!tls) return;
    this.#tls.total.value++;
    this.#tls.active.value++;
  }

  closed({ protocol, tls }: DownstreamConnection, by: 'local' | 'remote'): void {
    this.#connections.active.value--;
    this.#connections.destroyed.value++;
    this.#destroyedBy[by].value++;
    this.#of(protocol).open.value--;
    if (tls) this.#tls.active.value--;
  }

  #of(protocol: Protocol) {
    return this.#byProtocol[protocol === 'HTTP/2' ? 'http2' : 'http1'];
  }
}
