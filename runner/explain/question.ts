import type { MeshConfig } from '../../mesh/istiod/mesh-config.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';

export interface Question {
  /** As a cluster would be given them; the first the oldest. */
  objects: readonly KubeObject[];
  /** `POD`, `APP`, or either with `.NAMESPACE`. */
  from: string;
  request: { url: string; method?: string; headers?: { [name: string]: string }; body?: string };
  seed: number;
  /** So many of the same request are sent at the same moment before it. */
  crowd?: number;
  meshConfig?: MeshConfig;
}

export interface Sender {
  name: string;
  namespace: string;
  /** Whether it has a sidecar. */
  proxied: boolean;
  /** No pod but the world outside. */
  outside?: true;
}
