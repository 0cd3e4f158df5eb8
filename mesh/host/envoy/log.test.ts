import { describe, expect, it } from 'vitest';
import { lineSplitter, parseLine } from './log.ts';

describe('parseLine', () => {
  it.for([
    [
      '[2026-11-21 13:02:38.132][11500][critical][main] [source/server/server.cc:449] error initializing',
      {
        kind: 'log',
        time: '2026-11-21 13:02:38.132',
        level: 'critical',
        logger: 'main',
        message: 'error initializing',
      },
    ],
    [
      '[2026-11-21 13:02:38.132][1][warning][config] no source place',
      { kind: 'log', time: '2026-11-21 13:02:38.132', level: 'warning', logger: 'config', message: 'no source place' },
    ],
    ['[2026-11-21T13:02:38.132Z] "GET / HTTP/1.1" 200 -', undefined],
    ['{"code":200}', undefined],
    ['', undefined],
  ] as const)('%s', ([line, expected]) => {
    expect(parseLine(line)).toEqual(expected ?? { kind: 'output', line });
  });
});

describe('lineSplitter', () => {
  it('joins what arrives in pieces and gives the rest at the end', () => {
    const lines: string[] = [];
    const splitter = lineSplitter((line) => lines.push(line));
    for (const chunk of ['a', 'b\nc\n', '\nd']) splitter.push(chunk);
    expect(lines).toEqual(['ab', 'c', '']);
    splitter.end();
    expect(lines).toEqual(['ab', 'c', '', 'd']);
  });
});
