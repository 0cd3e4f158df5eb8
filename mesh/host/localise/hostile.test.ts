import { describe, expect, it } from 'vitest';
import { escapes } from './assert-confined.ts';
import { localise } from './localise.ts';
import { log } from './testing/hostile.ts';
import { hostileClusters } from './testing/hostile-clusters.ts';
import { hostileListeners } from './testing/hostile-listeners.ts';
import { someConfig, somePlace, someProxy } from './testing/some.ts';

const hostile = [...hostileClusters, ...hostileListeners];

describe('a hostile lab', () => {
  it.for(hostile)('%s', ([, config, gone]) => {
    const local = localise(someConfig(config), someProxy, somePlace());
    const { problems, ...given } = local;
    expect(JSON.stringify(given)).not.toMatch(
      typeof gone === 'string' ? gone.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&') : gone,
    );
    expect(escapes(local, somePlace())).toEqual([]);
  });

  it.for(hostile.filter(([name]) => !/reserved|Lua|WasmPlugin: native|secret$/.test(name)))(
    'the last gate alone sees: %s',
    ([, config]) => {
      const { listeners = [], routes = [], clusters = [], endpoints = [], extensionConfigs = [] } = config;
      const raw = { listeners, routes, clusters, endpoints, extensionConfigs, bound: [], problems: [] };
      expect(escapes(raw, somePlace())).not.toEqual([]);
    },
  );

  it('is told what was removed', () => {
    const { problems } = localise(
      someConfig(log('access_loggers.file.v3.FileAccessLog', { path: '/etc/x' })),
      someProxy,
      somePlace(),
    );
    expect(problems).toEqual([
      {
        what: 'the access log /etc/x goes to standard output',
        where: { object: 'web.shop: l' },
        fix: 'Use /dev/stdout.',
      },
    ]);
  });
});
