import { equal } from '../frozen.ts';
import { type Service, serviceKind } from '../kinds/service.ts';
import { externalAddresses } from '../outside.ts';
import type { Store } from '../store.ts';
import type { Controller } from './controller.ts';

/** A network for documentation (RFC 5737): no machine has an address of it. */
const network = '203.0.113';

/**
 * What a cloud does for Services of type LoadBalancer: each has an address of its own, from the moment that it exists
 * (k8s.io/cloud-provider controllers/service). One address for each Service, 1 to 254, in order of arrival.
 */
export const loadBalancerController: Controller = {
  name: 'service-lb-controller',
  watches: [{ kind: serviceKind }],
  start: ({ store }) => ({
    reconcile(key) {
      const service = store.get({ ...serviceKind, ...key }) as Service | undefined;
      if (!service || service.metadata.deletionTimestamp) return;
      const { loadBalancer: _, ...rest } = service.status ?? {};
      const [present = freeAddress(store)] = externalAddresses(service);
      const balanced = service.spec?.type === 'LoadBalancer' && present !== undefined;
      const loadBalancer = balanced ? { ingress: [{ ip: present, ipMode: 'VIP' }] } : {};
      const status = { ...rest, loadBalancer };
      if (!equal(status, { ...service.status, loadBalancer: service.status?.loadBalancer ?? {} }))
        store.update({ ...service, status }, { subresource: 'status' });
    },
  }),
};

function freeAddress(store: Store): string | undefined {
  const used = new Set(store.list(serviceKind).flatMap(externalAddresses));
  return Array.from({ length: 254 }, (_, i) => `${network}.${i + 1}`).find((ip) => !used.has(ip));
}
