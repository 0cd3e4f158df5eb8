import type { Cause } from './explanation.ts';

/** `VirtualService shop/customers`. */
export const objectOf = ({ kind, namespace, name }: Cause): string => `${kind} ${namespace && `${namespace}/`}${name}`;

/** `customers.yaml:12:3`, '' where nobody knows. */
export const positionOf = ({ file, line, column }: Cause): string =>
  file === undefined ? '' : [file, line, column].filter((part) => part !== undefined).join(':');

/** `VirtualService shop/customers (customers.yaml:12)`, for sentences. */
export function objectAndPlace(cause: Cause): string {
  const { file, line } = cause;
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`;
  return `${objectOf(cause)}${place}`;
}

/** `outbound|80|v2|customers.shop.svc.cluster.local` in the words of people: `subset v2 of customers.shop, port 80`. */
export function clusterInWords(name: string): string {
  const [direction = '', port = '', subset = '', host = ''] = name.split('|');
  if (direction === 'inbound') return `the app on port ${port}`;
  if (direction.startsWith('outbound') && host) {
    const service = host.replace(/\.svc\.cluster\.local$/, '');
    return subset ? `subset ${subset} of ${service}, port ${port}` : `${service}, port ${port}`;
  }
  if (name === 'PassthroughCluster') return 'to where the app sent it';
  if (name === 'InboundPassthroughCluster') return 'to the port that was asked for, without a Service';
  if (name === 'BlackHoleCluster' || name === 'block_all') return 'nowhere';
  return '';
}

/** `sidecar~10.244.0.4~web-5c85.shop~shop.svc.cluster.local` is `web-5c85.shop`. */
export const podOfNode = (node: string): string => node.split('~')[2] ?? node;
export const ipOfNode = (node: string): string => node.split('~')[1] ?? '';

/** What ends in `sa/web`, short and as people say it: `web of shop`. */
export const identityInWords = (uri: string): string =>
  uri.replace(/^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/(.+)$/, '$2 of $1') || 'nobody';

/** Short filter names: `envoy.filters.http.rbac` is `rbac`. */
export const filterInWords = (name: string): string => name.split('.').at(-1) ?? name;
