import type { Counter, Gauge, Histogram, Stats } from '../facts.ts';

/** Samples kept per histogram; beyond that only sum and count go on. */
const keptSamples = 10_000;

class Samples implements Histogram {
  readonly values: number[] = [];
  sum = 0;
  count = 0;

  record(value: number): void {
    this.sum += value;
    this.count++;
    if (this.values.length < keptSamples) this.values.push(value);
  }
}

/** The numbers of one proxy by Envoy's names. */
export class StatStore implements Stats {
  readonly #values = new Map<string, Counter | Gauge>();
  readonly #histograms = new Map<string, Samples>();

  counter(name: string): Counter {
    let value = this.#values.get(name);
    if (!value) {
      value = { value: 0 };
      this.#values.set(name, value);
    }
    return value;
  }

  gauge(name: string): Gauge {
    return this.counter(name);
  }

  histogram(name: string): Samples {
    let samples = this.#histograms.get(name);
    if (!samples) {
      samples = new Samples();
      this.#histograms.set(name, samples);
    }
    return samples;
  }

  /** Names in order, those that match `filter` (a regular expression), as admin's /stats. */
  read(filter?: string): Map<string, number> {
    const wanted = filter === undefined ? undefined : new RegExp(filter);
    const found = [...this.#values]
      .filter(([name]) => wanted?.test(name) ?? true)
      .map(([name, v]) => [name, v.value] as const);
    return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
