import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Window } from './window.ts';

function windowWithLog() {
  const delivered: number[] = [];
  return { window: new Window<number>((items) => delivered.push(...items)), delivered };
}

describe('the window', () => {
  it('delivers in the order of sending, whatever the order of completion', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(50).keys()], { minLength: 50, maxLength: 50 }), (completed) => {
        const { window, delivered } = windowWithLog();
        for (const _ of completed) window.take();
        for (const index of completed) window.put(index, index, 1);
        expect(delivered).toEqual([...Array(50).keys()]);
      }),
    );
  });

  it('delivers nothing past one that is missing', () => {
    const { window, delivered } = windowWithLog();
    for (let i = 0; i < 3; i++) window.take();
    window.put(1, 1, 0);
    window.put(2, 2, 0);
    expect(delivered).toEqual([]);
    window.put(0, 0, 0);
    expect(delivered).toEqual([0, 1, 2]);
  });

  it.each([
    ['4 096 observations', 4096, 10],
    ['32 MiB', 512, 65_536],
  ])('is full at %s, and has room again when some are acknowledged', async (_, count, size) => {
    const { window } = windowWithLog();
    for (let i = 0; i < count; i++) {
      expect(window.hasRoom).toBe(true);
      window.put(window.take(), i, size);
    }
    expect(window.hasRoom).toBe(false);
    const changed = window.changed();
    window.acknowledge(1);
    await changed;
    expect(window.hasRoom).toBe(true);
    for (let i = 0; i < 3 * count; i++) {
      window.put(window.take(), i, size);
      window.acknowledge(1);
    }
    expect(window.hasRoom).toBe(true);
    window.take();
    expect(window.taken).toBe(4 * count + 1);
  });
});
