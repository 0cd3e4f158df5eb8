import type { JsonObject } from '../../json.ts';
import { number } from '../runtime/proto.ts';

/** Requests of one host in the interval under way, and in the one before it, by which it is judged (SuccessRateAccumulator). */
export class SuccessRate {
  #total = 0;
  #good = 0;
  /** Of the last whole interval. */
  total = 0;
  percent = 0;

  put(isGood: boolean): void {
    this.#total++;
    if (isGood) this.#good++;
  }

  /** The interval is over. */
  roll(): void {
    this.total = this.#total;
    this.percent = this.#total === 0 ? 0 : (100 * this.#good) / this.#total;
    this.#total = 0;
    this.#good = 0;
  }

  get isEmpty(): boolean {
    return this.#total === 0 && this.total === 0;
  }
}

/** Success rate and failure percentage of envoy.config.cluster.v3.OutlierDetection, with its defaults. */
export function readRates(config: JsonObject) {
  return {
    success: {
      enforcing: number(config, 'enforcingSuccessRate', 100),
      enforcingLocal: number(config, 'enforcingLocalOriginSuccessRate', 100),
      hosts: number(config, 'successRateMinimumHosts', 5),
      volume: number(config, 'successRateRequestVolume', 100),
      deviations: number(config, 'successRateStdevFactor', 1900) / 1000,
    },
    failure: {
      enforcing: number(config, 'enforcingFailurePercentage', 0),
      enforcingLocal: number(config, 'enforcingFailurePercentageLocalOrigin', 0),
      hosts: number(config, 'failurePercentageMinimumHosts', 5),
      volume: number(config, 'failurePercentageRequestVolume', 50),
      threshold: number(config, 'failurePercentageThreshold', 85),
    },
  };
}
export type RatesConfig = ReturnType<typeof readRates>;

/** Whether any of it can eject; otherwise nothing is counted. */
export const judgesRates = ({ success, failure }: RatesConfig): boolean =>
  success.enforcing + success.enforcingLocal + failure.enforcing + failure.enforcingLocal > 0;

export interface Judged {
  rate: SuccessRate;
  /** Who is out already says nothing about the others. */
  ejected: boolean;
}

/**
 * Those whose success rate lies too far below the mean of all, and those that fail too often
 * (envoy source/common/upstream/outlier_detection_impl.cc, processSuccessRateEjections).
 */
export function outliers<T extends Judged>(
  all: readonly T[],
  { success, failure }: RatesConfig,
): { slow: T[]; failing: T[] } {
  const present = all.filter((h) => !h.ejected);
  const rated =
    all.length < success.hosts ? [] : present.filter((h) => h.rate.total > 0 && h.rate.total >= success.volume);
  const counted =
    all.length < failure.hosts ? [] : present.filter((h) => h.rate.total > 0 && h.rate.total >= failure.volume);
  const least = rated.length < success.hosts ? Number.NEGATIVE_INFINITY : lowest(rated, success.deviations);
  return {
    slow: rated.filter((h) => h.rate.percent < least),
    failing: counted.length < failure.hosts ? [] : counted.filter((h) => 100 - h.rate.percent >= failure.threshold),
  };
}

function lowest(rated: readonly Judged[], deviations: number): number {
  const mean = rated.reduce((sum, { rate }) => sum + rate.percent, 0) / rated.length;
  const variance = rated.reduce((sum, { rate }) => sum + (rate.percent - mean) ** 2, 0) / rated.length;
  return mean - deviations * Math.sqrt(variance);
}
