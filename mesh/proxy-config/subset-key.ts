import { byText, inOrder } from './entry.ts';

/** The parts of `outbound|80|v1|reviews.shop.svc.cluster.local`. */
export interface SubsetKey {
  direction: string;
  port: number;
  subset: string;
  host: string;
}

/** ParseSubsetKey in istio pilot/pkg/model/service.go; undefined for the names of other clusters. */
export function subsetKey(name: string): SubsetKey | undefined {
  const parts = name.split('|');
  if (parts.length <= 3) return undefined;
  const [direction = '', port = '', subset = '', host = ''] = parts;
  return { direction, port: Number(port) || 0, subset, host: parts.length === 4 ? host : '' };
}

/** The order of clusters in summaries: by host, subset, port, direction. */
export function compareClusters(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => subsetKey(name) ?? { direction: '', port: 0, subset: '', host: name });
  if (!x || !y) return 0;
  return inOrder(byText(x.host, y.host), byText(x.subset, y.subset), x.port - y.port, byText(x.direction, y.direction));
}
