/** `spiffe://<trust domain>/ns/<namespace>/sa/<service account>` (pkg/spiffe). */
export const spiffeId = (trustDomain: string, namespace: string, serviceAccount: string): string =>
  `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
