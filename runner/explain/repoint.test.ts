import { describe, expect, it } from 'vitest';
import { config } from '../../mesh/envoy/testing/mini.ts';
import type { TraceEvent } from '../../mesh/envoy/types.ts';
import { repointed } from './repoint.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
/** Where everything is now; at the time of the events the first of each list was not there. */
const now = config({
  listeners: named('new', '0.0.0.0_80', 'virtualInbound'),
  routes: named('new', '80'),
  clusters: named('new', 'outbound|80||a'),
});
const at = { at: 0, node: 'n' };
const address = { ip: '10.0.0.1', port: 80 };
const accept = (listener: string, pointer: string): TraceEvent => ({
  ...at,
  kind: 'accept',
  listener,
  pointer,
  source: address,
  destination: address,
  direction: '',
});
const route = (table: string, pointer: string): TraceEvent => ({
  ...at,
  kind: 'route',
  table,
  virtualHost: '',
  route: '',
  pointer: `${pointer}/virtualHosts/0/routes/1`,
  rejected: [{ name: 'r', pointer: `${pointer}/virtualHosts/0/routes/0`, reason: '' }],
});
const filter = (pointer: string): TraceEvent => ({ ...at, kind: 'filter', filter: 'f', pointer, decision: '' });

const pointers = (events: TraceEvent[]) =>
  repointed(events, now).flatMap((e) => [
    ...('pointer' in e ? [e.pointer] : []),
    ...('rejected' in e ? e.rejected.map((r) => r.pointer) : []),
  ]);

describe('pointers of what was compiled before the configuration changed', () => {
  it('follow the names', () => {
    const cluster: TraceEvent = {
      ...at,
      kind: 'cluster',
      cluster: 'outbound|80||a',
      pointer: '/clusters/0',
      reason: '',
    };
    expect(pointers([accept('0.0.0.0_80', '/listeners/0'), filter('/listeners/0/filterChains/0/filters/0')])).toEqual([
      '/listeners/1',
      '/listeners/1/filterChains/0/filters/0',
    ]);
    expect(pointers([route('80', '/routes/0'), cluster])).toEqual([
      '/routes/1/virtualHosts/0/routes/1',
      '/routes/1/virtualHosts/0/routes/0',
      '/clusters/1',
    ]);
  });

  it('of a kept-alive connection are those of the inbound listener', () => {
    expect(pointers([route('inbound|80||', '/listeners/1/x')])[0]).toBe('/listeners/2/x/virtualHosts/0/routes/1');
  });

  it('of what is gone stay', () => {
    expect(pointers([accept('old', '/listeners/7')])).toEqual(['/listeners/7']);
  });
});
