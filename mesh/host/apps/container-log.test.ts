import { describe, expect, it } from 'vitest';
import { ContainerLog } from './container-log.ts';

function logOf(count: number): ContainerLog {
  const log = new ContainerLog();
  for (let i = 0; i < count; i++) log.append(`line ${i}`);
  return log;
}

describe('the log of a container', () => {
  it.each([
    [0, 0, []],
    [3, 0, ['line 0', 'line 1', 'line 2']],
    [3, 2, ['line 2']],
    [3, 3, []],
    [3, -2, ['line 1', 'line 2']],
    [3, -9, ['line 0', 'line 1', 'line 2']],
  ])('of %i lines, from %i on', async (count, from, lines) => {
    expect(await logOf(count).read(from, false)).toEqual({ lines, next: count, ended: false });
  });

  it('is read in pages', async () => {
    const log = logOf(2500);
    const pages = [await log.read(0, false), await log.read(1000, false), await log.read(2000, false)];
    expect(pages.map((p) => [p.lines.length, p.lines[0], p.next])).toEqual([
      [1000, 'line 0', 1000],
      [1000, 'line 1000', 2000],
      [500, 'line 2000', 2500],
    ]);
  });

  it('waits for the next line, and for the end', async () => {
    const log = logOf(1);
    const [one, two] = [log.read(1, true), log.read(1, true)];
    log.append('more');
    const page = { lines: ['more'], next: 2, ended: false };
    expect([await one, await two]).toEqual([page, page]);
    const last = log.read(2, true);
    log.end();
    expect(await last).toEqual({ lines: [], next: 2, ended: true });
    expect((await log.read(0, true)).ended).toBe(true);
  });

  it('forgets the oldest lines and keeps their numbers', async () => {
    const log = new ContainerLog();
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let i = 0; i < 25; i++) log.append(`${i} ${megabyte}`);
    const { lines, next } = await log.read(0, false);
    expect(next).toBe(25);
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.at(-1)).toMatch(/^24 /);
    expect(lines[0]).toMatch(new RegExp(`^${25 - lines.length} `));
  });
});
