import { describe, expect, it } from 'vitest';
import type { XdsConfig } from '../../istiod/xds/types.ts';
import { goldenProxies } from '../envoy/testing/golden.ts';
import { type LocalConfig, type LocalPlace, localise } from '../localise/localise.ts';
import { somePlace } from '../localise/testing/some.ts';
import { LocalConfigs } from './local-configs.ts';

const golden = goldenProxies('a02').find(({ config }) => config.endpoints.length > 3);
if (!golden) throw new Error('a02 has no proxy with endpoints');
const { config, proxy } = golden;

/** Every virtual address of the configuration is a pod that runs here, so that the fabric has ports. */
const addresses = [...JSON.stringify(config.endpoints).matchAll(/"address":"([\d.]+)"/g)].map((m) => m[1] ?? '');
const inbound = (first: number) => new Map([...new Set(addresses)].map((ip, i) => [ip, first + i]));
const place = (part: Partial<LocalPlace> = {}) => somePlace({ inbound: inbound(31000), ...part });

const told = ({ problems, ...rest }: LocalConfig) => ({ ...rest, problems: problems.map((p) => p.what).sort() });
const fewer: XdsConfig = { ...config, endpoints: config.endpoints.slice(1) };
const changed: XdsConfig = {
  ...config,
  endpoints: config.endpoints.map((e, i) => (i === 1 ? { ...e, endpoints: [] } : e)),
};

describe('LocalConfigs', () => {
  it.each(goldenProxies().map((g) => [`${g.scenario} ${g.proxy.name}`, g] as const))(
    '%s is localised as a whole',
    (_, g) => {
      const at = somePlace();
      expect(told(new LocalConfigs().next(g.config, g.proxy, at))).toEqual(told(localise(g.config, g.proxy, at)));
    },
  );

  it('follows changes as a whole would', () => {
    const locals = new LocalConfigs();
    const steps: [XdsConfig, LocalPlace][] = [
      [config, place()],
      [changed, place()],
      [fewer, place()],
      [fewer, place({ inbound: inbound(32000) })],
      [{ ...config, clusters: config.clusters.slice(2) }, place({ inbound: inbound(32000) })],
    ];
    for (const [next, at] of steps) expect(told(locals.next(next, proxy, at))).toEqual(told(localise(next, proxy, at)));
  });

  it('returns what it returned when nothing is different', () => {
    const locals = new LocalConfigs();
    const first = locals.next(config, proxy, place());
    expect(locals.next({ ...config }, proxy, place())).toBe(first);
  });

  it('keeps everything but the assignment that changed', () => {
    const locals = new LocalConfigs();
    const first = locals.next(config, proxy, place());
    const second = locals.next(changed, proxy, place());
    expect(second.clusters).toBe(first.clusters);
    expect(second.endpoints.map((e, i) => e === first.endpoints[i]).slice(0, 3)).toEqual([true, false, true]);
  });

  it('localises names again when their addresses change', () => {
    const cluster = { name: 'outbound|80||a.test', type: 'STRICT_DNS', loadAssignment: endpointsOf('a.test') };
    const named: XdsConfig = { ...config, clusters: [...config.clusters, cluster], endpoints: [] };
    const locals = new LocalConfigs();
    for (const address of ['240.240.0.1', '240.240.0.1', '240.240.0.2']) {
      const at = place({ resolveHost: () => [address] });
      expect(told(locals.next(named, proxy, at))).toEqual(told(localise(named, proxy, at)));
    }
  });
});

function endpointsOf(address: string) {
  const lbEndpoints = [{ endpoint: { address: { socketAddress: { address, portValue: 80 } } } }];
  return { clusterName: 'outbound|80||a.test', endpoints: [{ lbEndpoints }] };
}
