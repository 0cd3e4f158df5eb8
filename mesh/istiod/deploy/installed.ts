import { type JsonObject, objects } from '../../json.ts';
import type { Controller } from '../../kube/controllers/controller.ts';
import type { KindRef, KubeObject } from '../../kube/objects.ts';
import type { Store } from '../../kube/store.ts';
import { subsetOf } from '../model/labels.ts';

/** A gateway that an installation brings (istio manifests/charts/gateways). */
export interface InstalledGateway {
  name: string;
  labels: { [label: string]: string };
  type: 'LoadBalancer' | 'ClusterIP';
  ports: JsonObject[];
}

/** Where Istio is installed. */
export const systemNamespace = 'istio-system';

const port = (name: string, number: number, targetPort: number): JsonObject => ({
  name,
  port: number,
  targetPort,
  protocol: 'TCP',
});
const web = [port('http2', 80, 8080), port('https', 443, 8443)];
const ingress: InstalledGateway = {
  name: 'istio-ingressgateway',
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
  type: 'LoadBalancer',
  ports: [port('status-port', 15021, 15021), ...web],
};
const egress: InstalledGateway = {
  name: 'istio-egressgateway',
  labels: { app: 'istio-egressgateway', istio: 'egressgateway' },
  type: 'ClusterIP',
  ports: web,
};

/** istio manifests/profiles/*.yaml. */
const profiles: { [profile: string]: readonly InstalledGateway[] } = { default: [ingress], demo: [ingress, egress] };

export const profileGateways = (profile: string): readonly InstalledGateway[] => profiles[profile] ?? [];

const gatewayKind = { apiVersion: 'networking.istio.io/v1', kind: 'Gateway' };
const apiGatewayKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' };
const namespaceKind = { apiVersion: 'v1', kind: 'Namespace' };
const serviceKind = { apiVersion: 'v1', kind: 'Service' };
const deploymentKind = { apiVersion: 'apps/v1', kind: 'Deployment' };
const accountKind = { apiVersion: 'v1', kind: 'ServiceAccount' };
const installed = 'install.operator.istio.io/owning-resource';

/**
 * Unlike Istio's own, a gateway of the installation is here only while a Gateway is for it: an unused proxy would cost every
 * mesh its start. Objects of the same name that somebody else made are left alone.
 */
export const installedGatewayController = (of: InstalledGateway): Controller => ({
  name: `${of.name}-installer`,
  watches: [gatewayKind, apiGatewayKind, serviceKind, deploymentKind, accountKind].map((kind) => ({
    kind,
    keys: ({ object }) =>
      object.kind === 'Gateway' || object.metadata.labels?.app === of.name ? [{ namespace: '', name: of.name }] : [],
  })),
  start({ store }) {
    if (!store.get({ ...namespaceKind, name: systemNamespace }))
      store.create({ ...namespaceKind, metadata: { name: systemNamespace } });
    return {
      reconcile() {
        const wanted = isWanted(store, of);
        for (const object of objectsOf(of)) {
          const { apiVersion, kind, metadata } = object;
          const ref = { apiVersion, kind, name: metadata.name, namespace: systemNamespace };
          const present = store.get(ref);
          if (wanted && !present) store.create(object);
          else if (!wanted && present?.metadata.labels?.[installed] && !present.metadata.deletionTimestamp)
            store.delete(ref, { propagation: 'Background' });
        }
      },
    };
  },
});

function isWanted(store: Store, { name, labels }: InstalledGateway): boolean {
  const list = (kind: KindRef) => store.list(kind).filter((g) => g.metadata.deletionTimestamp === undefined);
  const host = `${name}.${systemNamespace}`;
  return (
    list(gatewayKind).some(({ spec }) => subsetOf((spec?.selector ?? {}) as typeof labels, labels)) ||
    list(apiGatewayKind).some(({ metadata, spec }) =>
      objects(spec?.addresses).some(({ value }) => {
        const address = String(value);
        return address === name ? metadata.namespace === systemNamespace : address.startsWith(host);
      }),
    )
  );
}

function objectsOf({ name, labels, type, ports }: InstalledGateway): KubeObject[] {
  const metadata = { name, namespace: systemNamespace, labels: { ...labels, [installed]: 'unknown' } };
  const serviceAccountName = `${name}-service-account`;
  return [
    { ...accountKind, metadata: { ...metadata, name: serviceAccountName } },
    {
      ...deploymentKind,
      metadata,
      spec: { selector: { matchLabels: labels }, template: podTemplate({ labels, ports, serviceAccountName }) },
    },
    { ...serviceKind, metadata, spec: { type, selector: labels, ports } },
  ];
}

/** As templates/injected-deployment.yaml of the chart: the injector fills in the proxy. */
const podTemplate = ({
  labels,
  ports,
  serviceAccountName,
}: {
  labels: InstalledGateway['labels'];
  ports: JsonObject[];
  serviceAccountName: string;
}): JsonObject => ({
  metadata: {
    labels: { ...labels, 'sidecar.istio.io/inject': 'true', 'service.istio.io/canonical-revision': 'latest' },
    annotations: { 'sidecar.istio.io/inject': 'true', 'inject.istio.io/templates': 'gateway' },
  },
  spec: {
    securityContext: { runAsUser: 1337, runAsGroup: 1337, runAsNonRoot: true },
    serviceAccountName,
    containers: [
      {
        name: 'istio-proxy',
        image: 'auto',
        ports: ports.map(({ targetPort }) => ({ containerPort: targetPort, protocol: 'TCP' })),
      },
    ],
  },
});
