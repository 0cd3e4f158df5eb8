import type { EnvoyLog } from './types.ts';

/** `[2026-01-01 10:00:00.123][7][warning][config] [source/….cc:83] message`; the last part only in some builds. */
const pattern = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)\]\[\d+\]\[(\w+)\]\[(\w+)\] (?:\[[^\]]+\] )?(.*)$/;

/** Tells Envoy's own log from what access loggers print. */
export function parseLine(line: string): EnvoyLog {
  const [, time, level, logger, message] = line.match(pattern) ?? [];
  return time === undefined || level === undefined || logger === undefined || message === undefined
    ? { kind: 'output', line }
    : { kind: 'log', time, level, logger, message };
}

/** Cuts a stream of bytes into lines; a log entry may go on over lines that are no entries themselves. */
export function lineSplitter(onLine: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = '';
  return {
    push(chunk) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
