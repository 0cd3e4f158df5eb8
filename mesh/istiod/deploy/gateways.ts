import { isObject } from '../../json.ts';
import type { Controller, Key } from '../../kube/controllers/controller.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Store, StoreEvent } from '../../kube/store.ts';
import { GATEWAY_CONTROLLER } from '../ingest/gateway-api/classes.ts';
import { isManaged } from '../ingest/gateway-api/gateway-services.ts';
import { takesListenersOf } from '../ingest/gateway-api/namespaces.ts';
import type { MeshConfig } from '../mesh-config.ts';
import type { KubernetesGateway } from '../model/kubernetes-gateway.ts';
import { controllerOfClass, gatewayClassKind } from './classes.ts';
import { gatewayInput } from './input.ts';
import { withOverlays } from './overlay.ts';
import { gatewayObjects, managedLabel } from './template.ts';

const group = 'gateway.networking.k8s.io/v1';
const gatewayKind = { apiVersion: group, kind: 'Gateway' };
const listenerSetKind = { apiVersion: group, kind: 'ListenerSet' };
const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' };
const versionAnnotation = 'gateway.istio.io/controller-version';
/** ControllerVersion: larger numbers win. */
const version = 5;

/**
 * Gateways of the class istio become a Deployment with Service and ServiceAccount (istio pilot/pkg/config/kube/gatewaycommon/
 * deploymentcontroller.go). The Gateway owns them, so they go with it.
 */
export const gatewayDeploymentController = (mesh: MeshConfig): Controller => ({
  name: 'gateway-deployment-controller',
  watches: [
    { kind: gatewayKind },
    {
      kind: gatewayClassKind,
      keys: (event, store) => gatewaysWhere(store, (g) => className(g) === event.object.metadata.name),
    },
    { kind: listenerSetKind, keys: parentOfSet },
    {
      kind: { apiVersion: 'v1', kind: 'ConfigMap' },
      keys: ({ object }, store) => gatewaysWhere(store, (g) => names(g, object)),
    },
    ...['v1/Service', 'v1/ServiceAccount', 'apps/v1/Deployment'].map((text) => ({
      kind: kindOf(text),
      keys: ownerGateway,
    })),
  ],
  start: ({ store }) => ({
    reconcile(key) {
      const gateway = store.get({ ...gatewayKind, ...key });
      if (!gateway || gateway.metadata.deletionTimestamp || !isOurs(store, gateway)) return;
      const current = gateway.metadata.annotations?.[versionAnnotation];
      if (current !== undefined && !(Number(current) <= version)) return;
      if (current !== String(version)) annotate(store, gateway);
      for (const object of gatewayObjects(gatewayInput(gateway, acceptedSets(store, gateway)), mesh))
        if (mayWrite(store, object))
          store.apply(withOverlays(store, gateway, object), { fieldManager: GATEWAY_CONTROLLER, force: true });
    },
  }),
});

const kindOf = (text: string) => ({
  apiVersion: text.slice(0, text.lastIndexOf('/')),
  kind: text.slice(text.lastIndexOf('/') + 1),
});
const className = ({ spec }: KubeObject): string => String(spec?.gatewayClassName ?? '');

const gatewaysWhere = (store: Store, fits: (gateway: KubeObject) => boolean): Key[] =>
  store
    .list(gatewayKind)
    .filter(fits)
    .map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }));

const names = (gateway: KubeObject, { metadata }: KubeObject): boolean => {
  const { infrastructure } = gateway.spec ?? {};
  const ref = isObject(infrastructure) && isObject(infrastructure.parametersRef) ? infrastructure.parametersRef : {};
  return ref.name === metadata.name && gateway.metadata.namespace === metadata.namespace;
};

const ownerGateway = ({ object }: StoreEvent): Key[] =>
  (object.metadata.ownerReferences ?? [])
    .filter((owner) => owner.kind === 'Gateway')
    .map(({ name }) => ({ namespace: object.metadata.namespace ?? '', name }));

function parentOfSet({ object }: StoreEvent): Key[] {
  const ref = isObject(object.spec?.parentRef) ? object.spec.parentRef : {};
  return [{ namespace: String(ref.namespace ?? object.metadata.namespace ?? ''), name: String(ref.name) }];
}

function isOurs(store: Store, gateway: KubeObject): boolean {
  const object = store.get({ ...gatewayClassKind, name: className(gateway) });
  const isClass = controllerOfClass(className(gateway), object) === GATEWAY_CONTROLLER;
  return isClass && isManaged((gateway.spec ?? {}) as KubernetesGateway);
}

/** What is there without the label is somebody else's (canManage). */
function mayWrite(store: Store, { apiVersion, kind, metadata }: KubeObject): boolean {
  const present = store.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace ?? '' });
  return !present || present.metadata.labels?.[managedLabel] !== undefined;
}

function annotate(store: Store, { metadata }: KubeObject): void {
  const ref = { ...gatewayKind, name: metadata.name, namespace: metadata.namespace ?? '' };
  const body = { metadata: { annotations: { [versionAnnotation]: String(version) } } };
  store.patch(ref, { type: 'merge', body }, { fieldManager: GATEWAY_CONTROLLER });
}

function acceptedSets(store: Store, gateway: KubeObject): readonly KubeObject[] {
  const { name, namespace = '' } = gateway.metadata;
  const sets = store
    .list(listenerSetKind)
    .filter((set) =>
      parentOfSet({ object: set } as StoreEvent).some((k) => k.name === name && k.namespace === namespace),
    );
  if (sets.length === 0) return sets;
  const allowed = (gateway.spec as KubernetesGateway | undefined)?.allowedListeners?.namespaces;
  const namespaces = new Map(
    store
      .list(namespaceKind)
      .map(({ metadata }) => [metadata.name, { labels: metadata.labels ?? {}, annotations: {} }]),
  );
  return sets.filter((set) =>
    takesListenersOf(allowed, { namespace: set.metadata.namespace ?? '', gateway: namespace, namespaces }),
  );
}
