import type { Proxy as MeshProxy } from '../../../istiod/proxy.ts';
import type { XdsConfig } from '../../../istiod/xds/types.ts';
import type { LocalPlace } from '../place.ts';

/** A place for tests of localise; nothing in it exists. */
export const somePlace = (part: Partial<LocalPlace> = {}): LocalPlace => ({
  runFolder: '/run/mesh-labs/r1',
  podFolder: '/run/mesh-labs/r1/shop.web',
  secret: '5ec2e7',
  worldPort: 30001,
  inbound: new Map([['10.244.1.12', 31002]]),
  resolveHost: (host) => (host.endsWith('.example') ? ['240.240.0.1'] : []),
  ...part,
});

export const someProxy: MeshProxy = {
  id: 'sidecar~10.244.1.5~web.shop~shop.svc.cluster.local',
  type: 'sidecar',
  namespace: 'shop',
  name: 'web',
  ip: '10.244.1.5',
  labels: {},
  serviceAccount: 'web',
  metadata: { WORKLOAD_NAME: 'web-v1' },
};

export const someConfig = (part: Partial<XdsConfig> = {}): XdsConfig => ({
  listeners: [],
  routes: [],
  clusters: [],
  endpoints: [],
  secrets: [],
  extensionConfigs: [],
  problems: [],
  origins: new Map(),
  ...part,
});
