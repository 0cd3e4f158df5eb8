import { isObject, type JsonObject, objects } from '../../mesh/json.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { HttpRequest, HttpResponse, Workload, WorkloadContext } from '../../mesh/workloads/workload.ts';

/**
 * Stands for whatever image a user's pods have: answers 200 with what it received, on every port that its containers
 * declare or a Service of the files sends to it.
 */
export function anyImage(given: readonly KubeObject[]): Workload {
  const templates = given.flatMap(podTemplate);
  const services = given.filter((o) => o.kind === 'Service');
  return {
    name: 'any image',
    images: [],
    ports(ctx) {
      const containerPorts = templates.filter((t) => covers(ctx, t)).flatMap((t) => t.ports);
      const sentTo = services
        .filter((s) => selects(s, ctx))
        .flatMap((s) => objects(s.spec?.ports).map((p) => p.targetPort ?? p.port));
      const numbers = [...containerPorts.map((p) => p.containerPort), ...sentTo].filter((p) => typeof p === 'number');
      return Object.fromEntries(numbers.map((port) => [port, { protocol: 'http', handle: received }]));
    },
  };
}

interface PodTemplate {
  namespace: string;
  labels: { [key: string]: string };
  ports: JsonObject[];
}

/** Of a Pod, or of anything that makes pods (Deployment, StatefulSet, DaemonSet, Job …). */
function podTemplate({ kind, metadata, spec }: KubeObject): PodTemplate[] {
  const { namespace = 'default' } = metadata;
  const template = isObject(spec?.template) ? spec.template : undefined;
  const podSpec = kind === 'Pod' ? spec : template?.spec;
  if (!isObject(podSpec)) return [];
  const labels = kind === 'Pod' ? metadata.labels : isObject(template?.metadata) ? template.metadata.labels : undefined;
  const ports = objects(podSpec.containers).flatMap((c) => objects(c.ports));
  return [{ namespace, labels: isObject(labels) ? (labels as PodTemplate['labels']) : {}, ports }];
}

const within = (wanted: object, labels: { [key: string]: string }) =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** The injector adds labels to those of the template, so that equality would be too much. */
const covers = ({ pod }: WorkloadContext, { namespace, labels }: PodTemplate) =>
  namespace === pod.namespace && within(labels, pod.labels);

function selects({ metadata, spec }: KubeObject, { pod }: WorkloadContext): boolean {
  const selector = isObject(spec?.selector) ? spec.selector : {};
  const same = (metadata.namespace ?? 'default') === pod.namespace;
  return same && Object.keys(selector).length > 0 && within(selector, pod.labels);
}

function received({ method, path, headers }: HttpRequest, { pod }: WorkloadContext): HttpResponse {
  const body = { pod: `${pod.name}.${pod.namespace}`, received: { method, path, headers } };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(body, null, 2)}\n`,
  };
}
