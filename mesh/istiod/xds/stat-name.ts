import type { Service } from '../model/service.ts';

/** What the placeholders of a name stand for. */
export interface StatParts {
  service: Pick<Service, 'hostname' | 'name' | 'namespace' | 'kind'>;
  subset?: string | undefined;
  port: number;
  portName?: string;
  /** Of inbound clusters; 0 for clients. Listeners of servers have none, and keep its placeholder. */
  targetPort?: number;
}

/**
 * A name for statistics after the mesh's pattern (inboundClusterStatName, outboundClusterStatName); undefined without one.
 * Replaced one after the other, as BuildStatPrefix in istio pilot/pkg/networking/telemetry does. Services outside of Kubernetes have no
 * short names.
 */
export function statName(pattern: string | undefined, of: StatParts): string | undefined {
  if (!pattern) return undefined;
  const { service, subset = '', port, portName = '', targetPort } = of;
  const { hostname, name, namespace, kind } = service;
  const kube = kind === 'Service';
  return [
    ['%SERVICE%', kube ? `${name}.${namespace}` : hostname],
    ['%SERVICE_NAME%', kube ? name : hostname],
    ['%SERVICE_FQDN%', hostname],
    ['%SUBSET_NAME%', subset],
    ...(targetPort === undefined ? [] : [['%TARGET_PORT%', String(targetPort)]]),
    ['%SERVICE_PORT%', String(port)],
    ['%SERVICE_PORT_NAME%', portName],
  ].reduce((text, [placeholder = '', value = '']) => text.replaceAll(placeholder, () => value), pattern);
}
