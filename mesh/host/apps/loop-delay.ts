import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Delay } from './types.ts';

/** Milliseconds between two samples. */
const resolution = 10;

/** Starts to measure how late this process's event loop runs its timers; each call gives the delays since the last one. */
export function loopDelayMeter(): () => Delay {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  // A sample is the time between two ticks of a timer: an idle loop shows the resolution itself.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution);
  return () => {
    const isEmpty = histogram.count === 0;
    const delay = isEmpty
      ? { p99Ms: 0, maxMs: 0 }
      : { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return delay;
  };
}
