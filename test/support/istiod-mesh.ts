import { parseAllDocuments } from 'yaml';
import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import type { Snapshot } from '../../mesh/istiod/snapshot/snapshot.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

/** Objects of YAML documents, the first the oldest. */
export const objectsOf = (text: string): KubeObject[] =>
  parseAllDocuments(text).flatMap((document, i) => {
    const object = document.toJS() as KubeObject | null;
    if (!object) return [];
    const creationTimestamp =
      object.metadata?.creationTimestamp ?? new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString();
    return [{ ...object, metadata: { ...object.metadata, creationTimestamp } }];
  });

/** A service `name` of namespace shop with HTTP on port 80, and a pod for each version, with sidecars. */
export function service(name: string, index: number, versions: readonly string[] = ['v1']): string {
  const pods = versions.map((version, i) => ({ version, pod: `${name}-${version}`, ip: `10.244.${index}.${i + 1}` }));
  return [
    `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: shop}, spec: {clusterIP: 10.96.0.${index}, ` +
      `selector: {app: ${name}}, ports: [{name: http, port: 80, targetPort: 8080}]}}`,
    ...pods.map(
      ({ version, pod, ip }) =>
        `{apiVersion: v1, kind: Pod, metadata: {name: ${pod}, namespace: shop, labels: {app: ${name}, version: ${version}, ` +
        `security.istio.io/tlsMode: istio}}, spec: {serviceAccountName: ${name}, containers: [{name: app, ports: ` +
        `[{containerPort: 8080}]}]}, status: {podIP: ${ip}, conditions: [{type: Ready, status: 'True'}]}}`,
    ),
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}-1, namespace: shop, labels: ` +
      `{kubernetes.io/service-name: ${name}}}, addressType: IPv4, ports: [{name: http, port: 8080}], endpoints: [` +
      `${pods.map(({ pod, ip }) => `{addresses: [${ip}], conditions: {ready: true}, targetRef: {kind: Pod, name: ${pod}}}`).join(', ')}]}`,
  ].join('\n---\n');
}

/** Two services, of which `web` calls `catalog`. */
export const shop = [service('web', 1), service('catalog', 2, ['v1', 'v2'])].join('\n---\n');

/** The mesh of these documents and its proxy `web-v1`, or another pod of namespace shop. */
export function meshOf(
  text: string,
  { pod = 'web-v1', mesh = {} }: { pod?: string; mesh?: JsonObject } = {},
): { snapshot: Snapshot; proxy: MeshProxy } {
  const snapshot = buildSnapshot(objectsOf(text), installedMeshConfig(mesh));
  const found = snapshot.pods.byName.get(`shop/${pod}`);
  if (!found) throw new Error(`no pod ${pod}`);
  return { snapshot, proxy: proxyOf(found, snapshot) };
}
