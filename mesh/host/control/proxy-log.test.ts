import { expect, it } from 'vitest';
import { ProxyLog } from './proxy-log.ts';

const collect = async (lines: AsyncIterable<string>) => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

it('has past lines, the last ones, and with follow those to come until it ends', async () => {
  const log = new ProxyLog();
  for (const line of ['a', 'b', 'c']) log.write(line);
  expect(await collect(log.lines({}))).toEqual(['a', 'b', 'c']);
  expect(await collect(log.lines({ tailLines: 2 }))).toEqual(['b', 'c']);
  const followed = collect(log.lines({ follow: true, tailLines: 1 }));
  log.write('d');
  log.end();
  expect(await followed).toEqual(['c', 'd']);
});

it('stops following when the signal aborts', async () => {
  const log = new ProxyLog();
  const abort = new AbortController();
  const followed = collect(log.lines({ follow: true, signal: abort.signal }));
  abort.abort();
  expect(await followed).toEqual([]);
});
