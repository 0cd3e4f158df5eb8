import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortOnSignals } from './interrupt.ts';

function started() {
  let now = 0;
  const left: number[] = [];
  let text = '';
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => left.push(code) });
  const signal = abortOnSignals({
    process: process as unknown as NodeJS.Process,
    err: { write: (t) => (text += t), color: false, columns: 80 },
    now: () => now,
  });
  return { process, signal, left, text: () => text, later: (ms: number) => (now += ms) };
}

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s aborts and lets the command clean up', (name) => {
    const { process, signal, left, text } = started();
    expect(signal.aborted).toBe(false);
    process.emit(name, name);
    expect(signal.aborted).toBe(true);
    expect(left).toEqual([]);
    expect(text()).toMatch(/Stopping/);
  });

  it('that the terminal and npm both deliver is one', () => {
    const { process, left, later } = started();
    process.emit('SIGINT', 'SIGINT');
    later(100);
    process.emit('SIGINT', 'SIGINT');
    expect(left).toEqual([]);
  });

  it('for the second time leaves at once', () => {
    const { process, left, later, text } = started();
    process.emit('SIGINT', 'SIGINT');
    later(1000);
    process.emit('SIGINT', 'SIGINT');
    expect(left).toEqual([130]);
    expect(text()).toMatch(/mesh-labs clean/);
  });
});
