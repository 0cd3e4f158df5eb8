import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Delay } from './types.ts';

/** Milliseconds between two samples. */
const resolution = 10;

/** As mesh/host/apps/loop-delay.ts, which the one-file bundle of this client cannot import. */
export function loopDelayMeter(): () => Delay {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  // A sample is the time between two ticks of a timer: an idle loop shows the resolution itself.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  return () => {
    const { count } = histogram;
    const delay =
      count === 0 ? { p99Ms: 0, maxMs: 0 } : { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return delay;
  };
}
