import { describe, expect, it } from 'vitest';
import { EventQueue } from './event-queue.ts';
import { seededRandom } from './random.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('event queue', () => {
  it('gives events by time, equal times by insertion, like a stable sort', () => {
    const random = seededRandom(1);
    const queue = new EventQueue();
    const times = Array.from({ length: 2000 }, () => Math.floor(random.next() * 50));
    const cancelled = new Set<number>();
    for (const [i, time] of times.entries()) {
      const timer = queue.add(time, () => seen.push(i));
      if (random.next() < 0.6) {
        cancelled.add(i);
        timer.cancel();
        timer.cancel();
      }
    }
    const seen: number[] = [];
    for (let e = queue.take(); e; e = queue.take()) e.run();
    const expected = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
    expect(seen).toEqual(expected.map((e) => e.i).filter((i) => !cancelled.has(i)));
    expect([queue.size, queue.waiting]).toEqual([0, 0]);
  });

  it('forgets cancelled timeouts', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 100_000; i++) queue.add(1000 + i, () => undefined).cancel();
    expect(queue.held).toBeLessThan(200);
  });
});

describe('virtual clock', () => {
  it('costs no real time and ends where nothing is left', async () => {
    const clock = new VirtualClock(0);
    const log: [number, string][] = [];
    const note = (what: string) => log.push([clock.now(), what]);
    const worker = async (name: string, ms: number) => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(ms);
        note(name);
      }
    };
    clock.follow(
      Promise.all([worker('a', 60_000), worker('b', 90_000)]),
      () => note('done'),
      () => note('failed'),
    );
    await clock.run();
    expect(log).toEqual([
      [60_000, 'a'],
      [90_000, 'b'],
      [120_000, 'a'],
      [180_000, 'b'],
      [180_000, 'a'],
      [270_000, 'b'],
      [270_000, 'done'],
    ]);
  });

  it('stands still while a handler goes on, however deep its promises are', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const handler = async () => {
      await clock.sleep(10);
      for (let i = 0; i < 1000; i++) await Promise.resolve();
      seen.push(clock.now());
      await clock.sleep(0);
      seen.push(clock.now());
    };
    clock.after(10.5, () => seen.push(clock.now()));
    clock.follow(
      handler(),
      () => undefined,
      () => undefined,
    );
    await clock.run();
    expect(seen).toEqual([10, 10, 10.5]);
  });

  it('waits for what is outside in order of submission, at no virtual time', async () => {
    const clock = new VirtualClock(0);
    const seen: [number, string][] = [];
    const later = (name: string, turns: number) => async () => {
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      return name;
    };
    clock.after(1, () => {
      for (const [name, turns] of [
        ['slow', 20],
        ['quick', 1],
      ] as const)
        void clock.outside(later(name, turns)).then((n) => seen.push([clock.now(), n]));
      void clock
        .outside(() => Promise.reject(new Error('no')))
        .catch((e: Error) => seen.push([clock.now(), e.message]));
    });
    clock.after(2, () => seen.push([clock.now(), 'next']));
    await clock.run();
    expect(seen).toEqual([
      [1, 'slow'],
      [1, 'quick'],
      [1, 'no'],
      [2, 'next'],
    ]);
  });

  it('daemons happen in passing and do not keep a run going', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const tick = () => {
      seen.push(clock.now());
      clock.after(10, tick, { daemon: true });
    };
    clock.after(10, tick, { daemon: true });
    clock.after(35, () => undefined);
    await clock.run();
    expect(seen).toEqual([10, 20, 30]);
    await clock.runFor(20);
    expect([seen.length, clock.now()]).toEqual([5, 55]);
  });

  it('sleep ends with its signal', async () => {
    const clock = new VirtualClock(0);
    const stop = new AbortController();
    const slept = clock.sleep(1000, stop.signal).then(
      () => 'slept',
      (e: Error) => e.message,
    );
    clock.after(10, () => stop.abort(new Error('stopped')));
    await clock.run();
    expect([await slept, clock.now()]).toEqual(['stopped', 10]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses to wait %d ms', (ms) => {
    expect(() => new VirtualClock().after(ms, () => undefined)).toThrow(RangeError);
  });
});
