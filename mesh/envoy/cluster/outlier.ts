import type { JsonObject } from '../../json.ts';
import type { Random } from '../../world/random.ts';
import type { VirtualClock } from '../../world/virtual-clock.ts';
import type { Counter, Gauge, Stats } from '../facts.ts';
import { flag, has, milliseconds, number } from '../runtime/proto.ts';
import type { Host, HostMonitor } from './host.ts';
import { judgesRates, outliers, readRates, SuccessRate } from './success-rate.ts';

/** The defaults of envoy.config.cluster.v3.OutlierDetection. */
export function readOutlier(config: JsonObject) {
  const baseMs = milliseconds(config, 'baseEjectionTime', 30_000);
  return {
    consecutive5xx: number(config, 'consecutive5xx', 5),
    consecutiveGateway: number(config, 'consecutiveGatewayFailure', 5),
    consecutiveLocal: number(config, 'consecutiveLocalOriginFailure', 5),
    enforcing5xx: number(config, 'enforcingConsecutive5xx', 100),
    enforcingGateway: number(config, 'enforcingConsecutiveGatewayFailure', 0),
    enforcingLocal: number(config, 'enforcingConsecutiveLocalOriginFailure', 100),
    intervalMs: milliseconds(config, 'interval', 10_000),
    baseMs,
    maxMs: has(config, 'maxEjectionTime') ? milliseconds(config, 'maxEjectionTime') : Math.max(300_000, baseMs),
    jitterMs: milliseconds(config, 'maxEjectionTimeJitter'),
    maxPercent: Math.min(100, number(config, 'maxEjectionPercent', 10)),
    alwaysOne: flag(config, 'alwaysEjectOneHost'),
    split: flag(config, 'splitExternalLocalOriginErrors'),
    rates: readRates(config),
  };
}
export type OutlierConfig = ReturnType<typeof readOutlier>;

/** Named as in Envoy's stats. */
type Kind =
  | 'consecutive_5xx'
  | 'consecutive_gateway_failure'
  | 'consecutive_local_origin_failure'
  | 'success_rate'
  | 'local_origin_success_rate'
  | 'failure_percentage'
  | 'local_origin_failure_percentage';

/** Percent of the ejections found that are carried out. */
const enforcing: { [kind in Kind]: (config: OutlierConfig) => number } = {
  consecutive_5xx: (c) => c.enforcing5xx,
  consecutive_gateway_failure: (c) => c.enforcingGateway,
  consecutive_local_origin_failure: (c) => c.enforcingLocal,
  success_rate: (c) => c.rates.success.enforcing,
  local_origin_success_rate: (c) => c.rates.success.enforcingLocal,
  failure_percentage: (c) => c.rates.failure.enforcing,
  local_origin_failure_percentage: (c) => c.rates.failure.enforcingLocal,
};

export interface OutlierSetting {
  config: OutlierConfig;
  clock: VirtualClock;
  random: Random;
  stats: Stats;
  /** `cluster.NAME.`. */
  prefix: string;
  /** Health of a host changed. */
  changed(): void;
}

/** envoy source/common/upstream/outlier_detection_impl.cc, DetectorImpl. One per cluster. */
export class OutlierDetector {
  readonly config: OutlierConfig;
  /** Whether rates are counted at all. */
  readonly judgesRates: boolean;
  readonly #setting: OutlierSetting;
  readonly #overflow: Counter;
  readonly #total: Counter;
  readonly #active: Gauge;
  #monitors: OutlierMonitor[] = [];
  #ejected = 0;
  #sweeping = false;

  constructor(setting: OutlierSetting) {
    this.config = setting.config;
    this.judgesRates = judgesRates(setting.config.rates);
    this.#setting = setting;
    const name = (stat: string) => `${setting.prefix}outlier_detection.${stat}`;
    this.#overflow = setting.stats.counter(name('ejections_overflow'));
    this.#total = setting.stats.counter(name('ejections_enforced_total'));
    this.#active = setting.stats.gauge(name('ejections_active'));
  }

  /** Hosts that left take their ejection with them; those that stayed keep it. */
  setHosts(hosts: readonly Host[]): void {
    const known = new Map(this.#monitors.map((m) => [m.host, m]));
    this.#monitors = hosts.map((host) => known.get(host) ?? new OutlierMonitor(this, host));
    for (const monitor of this.#monitors) monitor.host.outlier = monitor;
    this.#count();
  }

  failed(monitor: OutlierMonitor, kind: Kind): void {
    const { host } = monitor;
    if (host.ejected) return;
    this.#inc(`ejections_detected_${kind}`);
    // The one older name that is still counted.
    if (kind === 'consecutive_5xx') this.#inc('ejections_consecutive_5xx');
    const { maxPercent, alwaysOne } = this.config;
    const percent = (100 * (this.#ejected + 1)) / this.#monitors.length;
    if (percent <= maxPercent || (alwaysOne && this.#ejected === 0)) this.#eject(monitor, kind);
    else this.#overflow.value++;
  }

  #eject(monitor: OutlierMonitor, kind: Kind): void {
    const { config, clock, random, changed } = this.#setting;
    const percent = enforcing[kind](config);
    if (percent < 100 && random.next() * 100 >= percent) return;
    monitor.host.ejected = true;
    monitor.ejectedAt = clock.now();
    monitor.jitterMs = config.jitterMs > 0 ? Math.floor(random.next() * (config.jitterMs + 1)) : 0;
    if (monitor.backOff * config.baseMs < config.maxMs + config.baseMs) monitor.backOff++;
    this.#total.value++;
    this.#inc('ejections_total');
    this.#inc(`ejections_enforced_${kind}`);
    this.#count();
    this.sweepLater();
    changed();
  }

  /** The interval timer; it only runs while a host is ejected, has an ejection to forget or requests to judge, at the ticks it would have had. */
  sweepLater(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const { clock, config } = this.#setting;
    const wait = config.intervalMs - (clock.elapsed % config.intervalMs);
    clock.after(wait, () => this.#sweep(), { daemon: true });
  }

  #sweep(): void {
    this.#sweeping = false;
    const { clock, config, changed } = this.#setting;
    const now = clock.now();
    let healed = false;
    for (const m of this.#monitors) {
      if (m.host.ejected) {
        if (Math.min(config.baseMs * m.backOff, config.maxMs) + m.jitterMs > now - m.ejectedAt) continue;
        m.restore(now);
        healed = true;
      } else if (m.backOff > 0 && now - m.restoredAt >= config.intervalMs) m.backOff--;
    }
    this.#count();
    if (healed) changed();
    if (this.judgesRates) this.#judge();
    if (this.#monitors.some((m) => m.host.ejected || m.backOff > 0 || m.hasRates)) this.sweepLater();
  }

  #judge(): void {
    const { rates, split } = this.config;
    for (const m of this.#monitors) m.roll();
    const of = (which: 'external' | 'local') =>
      outliers(
        this.#monitors.map((m) => ({ monitor: m, rate: m[which], ejected: m.host.ejected })),
        rates,
      );
    const external = of('external');
    for (const { monitor } of external.slow) this.failed(monitor, 'success_rate');
    for (const { monitor } of external.failing) this.failed(monitor, 'failure_percentage');
    if (!split) return;
    const local = of('local');
    for (const { monitor } of local.slow) this.failed(monitor, 'local_origin_success_rate');
    for (const { monitor } of local.failing) this.failed(monitor, 'local_origin_failure_percentage');
  }

  #inc(name: string): void {
    this.#setting.stats.counter(`${this.#setting.prefix}outlier_detection.${name}`).value++;
  }

  #count(): void {
    this.#ejected = this.#monitors.filter((m) => m.host.ejected).length;
    this.#active.value = this.#ejected;
  }
}

const isGateway = (status: number): boolean => status >= 502 && status <= 504;

/** What one host has done lately (DetectorHostMonitorImpl). */
export class OutlierMonitor implements HostMonitor {
  readonly host: Host;
  readonly #detector: OutlierDetector;
  #consecutive5xx = 0;
  #consecutiveGateway = 0;
  #consecutiveLocal = 0;
  /** Times the base ejection time; grows with each ejection and falls by one per sweep without any. */
  backOff = 0;
  ejectedAt = 0;
  restoredAt = 0;
  jitterMs = 0;
  readonly external = new SuccessRate();
  readonly local = new SuccessRate();

  constructor(detector: OutlierDetector, host: Host) {
    this.#detector = detector;
    this.host = host;
  }

  get hasRates(): boolean {
    return !this.external.isEmpty || !this.local.isEmpty;
  }

  roll(): void {
    this.external.roll();
    this.local.roll();
  }

  /** A response, from whichever origin. */
  putStatus(status: number): void {
    const { config, judgesRates } = this.#detector;
    const isGood = status < 500 || status > 599;
    if (judgesRates) this.#rate(this.external, isGood);
    if (isGood) {
      this.#consecutive5xx = 0;
      this.#consecutiveGateway = 0;
      return;
    }
    if (!isGateway(status)) this.#consecutiveGateway = 0;
    else if (++this.#consecutiveGateway === config.consecutiveGateway) {
      this.#detector.failed(this, 'consecutive_gateway_failure');
      this.#consecutiveGateway = 0;
    }
    if (++this.#consecutive5xx === config.consecutive5xx) {
      this.#detector.failed(this, 'consecutive_5xx');
      this.#consecutive5xx = 0;
    }
  }

  /** A connection that failed (503) or timed out (504): as a status, or on its own count when local errors are split. */
  putLocalFailure(kind: 'connectFailed' | 'timeout', status?: number): void {
    if (!this.#detector.config.split) {
      this.putStatus(status ?? (kind === 'timeout' ? 504 : 503));
      return;
    }
    if (this.#detector.judgesRates) this.#rate(this.local, false);
    if (++this.#consecutiveLocal !== this.#detector.config.consecutiveLocal) return;
    this.#detector.failed(this, 'consecutive_local_origin_failure');
    this.#consecutiveLocal = 0;
  }

  /** `final`: layer 4 only, nothing above will tell more. */
  putConnected(final: boolean): void {
    if (this.#detector.config.split) {
      this.#consecutiveLocal = 0;
      if (this.#detector.judgesRates) this.#rate(this.local, true);
    } else if (final) this.putStatus(200);
  }

  #rate(rate: SuccessRate, isGood: boolean): void {
    rate.put(isGood);
    this.#detector.sweepLater();
  }

  restore(now: number): void {
    this.host.ejected = false;
    this.restoredAt = now;
    this.#consecutive5xx = 0;
    this.#consecutiveGateway = 0;
    this.#consecutiveLocal = 0;
  }
}
