import { createCa } from '../../../istiod/ca/ca.ts';
import { certificateSecret, validationSecret } from '../../../istiod/ca/secret.ts';
import type { Proxy as MeshProxy } from '../../../istiod/proxy.ts';
import { spiffeId } from '../../../istiod/spiffe.ts';
import type { JsonObject } from '../../../json.ts';
import type { SecretSource } from '../../xds/types.ts';

/** Real certificates of a throw-away CA; any other name is answered with them too, as golden names stand for files and Secrets. */
export async function testSecrets(proxies: MeshProxy[]): Promise<SecretSource & { rootCertificate: string }> {
  const ca = await createCa({ clock: Date, trustDomain: 'cluster.local' });
  const held = new Map<string, JsonObject>();
  for (const { id, namespace, serviceAccount } of proxies) {
    held.set(id, certificateSecret(await ca.issue({ spiffeId: spiffeId('cluster.local', namespace, serviceAccount) })));
  }
  const isRoot = (name: string) => name === 'ROOTCA' || name.startsWith('file-root:') || name.endsWith('-cacert');
  return {
    rootCertificate: ca.rootCertificate,
    get(nodeId, name) {
      const secret = isRoot(name) ? validationSecret(ca.rootCertificate) : held.get(nodeId);
      return secret === undefined ? undefined : { ...secret, name };
    },
    onChange: () => () => {},
  };
}
