import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { type MiniOptions, mini } from '../testing/mini.ts';

const websocket = { upgradeConfigs: [{ upgradeType: 'websocket' }] };
const off = [{ upgradeType: 'websocket', enabled: false }];
const on = [{ upgradeType: 'websocket' }];
const route = (upgradeConfigs: JsonObject[]): JsonObject[] => [
  { match: { prefix: '/' }, route: { cluster: 'c', upgradeConfigs } },
];
const switching = () => ({ status: 101, headers: { connection: 'upgrade', upgrade: 'websocket' } });
const asks = { connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' };

// Rules: filter_manager.cc, createFilterChain; http_connection_manager/config.cc, createUpgradeFilterChain.
describe('upgrades', () => {
  it.each<[string, Partial<MiniOptions>, { [name: string]: string }, [number, string | undefined]]>([
    ['allowed', { manager: websocket }, asks, [101, 'WebSocket']],
    ['not allowed', {}, asks, [403, undefined]],
    ['of another type', { manager: websocket }, { ...asks, upgrade: 'h2c' }, [403, undefined]],
    ['allowed by the route', { routes: route(on) }, asks, [101, 'WebSocket']],
    ['forbidden by the route', { manager: websocket, routes: route(off) }, asks, [403, undefined]],
    ['an Upgrade header alone is taken away', {}, { upgrade: 'websocket' }, [101, undefined]],
  ])('%s', async (_, options, headers, [status, upgrade]) => {
    const m = mini({ apps: [switching], ...options });
    const [seen] = await m.ask({ headers });
    expect([seen?.status, m.seen[0]?.[0]?.headers.upgrade]).toEqual([status, upgrade]);
    if (upgrade) expect(seen?.headers).toMatchObject({ connection: 'upgrade', upgrade: 'websocket' });
  });

  it('CONNECT must be allowed', async () => {
    const [seen] = await mini({ apps: [switching] }).ask({ method: 'CONNECT' });
    expect([seen?.status, seen?.details]).toEqual([403, 'upgrade_failed']);
  });
});
