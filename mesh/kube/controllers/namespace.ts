import type { Controller } from './controller.ts';

const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' };
const serviceAccountKind = { apiVersion: 'v1', kind: 'ServiceAccount' };

/** Every namespace has a ServiceAccount `default`, also after somebody deleted it. */
export const namespaceController: Controller = {
  name: 'serviceaccount-controller',
  watches: [
    { kind: namespaceKind },
    { kind: serviceAccountKind, keys: ({ object }) => [{ namespace: '', name: object.metadata.namespace ?? '' }] },
  ],
  start: ({ store }) => ({
    reconcile({ name }) {
      const namespace = store.get({ ...namespaceKind, name });
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      if (store.get({ ...serviceAccountKind, namespace: name, name: 'default' })) return;
      store.create({ ...serviceAccountKind, metadata: { name: 'default', namespace: name } });
    },
  }),
};
