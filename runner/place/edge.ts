import type { KubeObject } from '../../mesh/kube/objects.ts';
import { isReachable } from '../../mesh/kube/outside.ts';
import type { Store } from '../../mesh/kube/store.ts';
import { ProblemError } from '../../mesh/problem.ts';
import type { SecretName, TrafficPlan } from './place.ts';

/** A port of a Service, as the world outside names it. */
export interface EdgeTarget {
  service: string;
  namespace: string;
  port: number;
  /** What the client calls the server: in TLS, and in the Host header. */
  serverName: string;
}

export const isFromEdge = ({ from }: TrafficPlan): boolean => from.app === 'edge';

/**
 * Where traffic from outside goes: the url's host is SERVICE.NAMESPACE and says only whom to connect to, as curl's `--connect-to`
 * does; the server is called what the Host header says. Throws a ProblemError for a Service that cannot be reached from outside.
 */
export function edgeTarget(store: Pick<Store, 'get'>, { request }: TrafficPlan): EdgeTarget {
  const url = new URL(request.url);
  const [, service = '', namespace = ''] = /^([^.]+)\.([^.]+)(\.svc(\.cluster\.local)?)?$/.exec(url.hostname) ?? [];
  if (!service)
    throw new ProblemError({
      what: `${url.hostname} is no Service that traffic from the edge could go to`,
      fix: 'write SERVICE.NAMESPACE as the host of the url, and the name of the site in the Host header',
    });
  const object = store.get({ apiVersion: 'v1', kind: 'Service', namespace, name: service });
  if (object && !isReachable(object)) throw unreachable(object);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { service, namespace, port, serverName: serverName(request, url) };
}

function serverName({ headers, tls }: TrafficPlan['request'], url: URL): string {
  const host = Object.entries(headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  return tls?.serverName ?? (host ?? url.host).replace(/:\d+$/, '');
}

const unreachable = ({ metadata, spec }: KubeObject): ProblemError =>
  new ProblemError({
    what: `Service ${metadata.name}.${metadata.namespace} is of type ${spec?.type ?? 'ClusterIP'}, which the world outside does not reach`,
    where: { object: `Service ${metadata.namespace}/${metadata.name}` },
    fix: 'use the Service of an ingress gateway, of type LoadBalancer or NodePort',
  });

/** The Secret that a client of the edge uses. Throws a ProblemError when it is not there. */
export function secretOf(store: Pick<Store, 'get'>, { namespace, name }: SecretName): KubeObject {
  const found = store.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  if (found) return found;
  throw new ProblemError({
    what: `Secret ${name}.${namespace} does not exist, so no client can use it`,
    fix: 'apply it before the traffic',
  });
}
