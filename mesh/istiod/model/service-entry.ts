import { list, map, num, obj, type Shape, str } from './shape.ts';

/** networking.istio.io/v1 WorkloadEntry: a workload that is no pod. */
export const workloadEntry = obj({
  address: str,
  ports: map(num),
  labels: map(str),
  network: str,
  locality: str,
  weight: num,
  serviceAccount: str,
});
export type WorkloadEntry = Shape<typeof workloadEntry>;

/** networking.istio.io/v1 ServiceEntry. */
export const serviceEntry = obj({
  hosts: list(str),
  addresses: list(str),
  ports: list(obj({ number: num, protocol: str, name: str, targetPort: num })),
  location: str,
  resolution: str,
  endpoints: list(workloadEntry),
  workloadSelector: obj({ labels: map(str) }),
  exportTo: list(str),
  subjectAltNames: list(str),
});
export type ServiceEntry = Shape<typeof serviceEntry>;
