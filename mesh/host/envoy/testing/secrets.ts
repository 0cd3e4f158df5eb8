import { createCa } from '../../../istiod/ca/ca.ts';
import type { Credential } from '../../../istiod/ca/credentials.ts';
import { certificateSecret, credentialSecret, validationSecret } from '../../../istiod/ca/secret.ts';
import type { Proxy as MeshProxy } from '../../../istiod/proxy.ts';
import { spiffeId } from '../../../istiod/spiffe.ts';
import type { JsonObject } from '../../../json.ts';
import type { SecretSource } from '../../xds/types.ts';

/**
 * Real certificates of a throw-away CA. Without `credentials`, any other name is answered with them too, as golden names
 * stand for files and Secrets; with some, what is not among them is never delivered.
 */
export async function testSecrets(
  proxies: MeshProxy[],
  credentials?: ReadonlyMap<string, Credential>,
): Promise<SecretSource & { rootCertificate: string }> {
  const ca = await createCa({ clock: Date, trustDomain: 'cluster.local' });
  const held = new Map<string, JsonObject>();
  for (const { id, namespace, serviceAccount } of proxies) {
    held.set(id, certificateSecret(await ca.issue({ spiffeId: spiffeId('cluster.local', namespace, serviceAccount) })));
  }
  const isRoot = (name: string) => name === 'ROOTCA' || name.startsWith('file-root:') || name.endsWith('-cacert');
  return {
    rootCertificate: ca.rootCertificate,
    get(nodeId, name) {
      if (credentials && name !== 'ROOTCA' && name !== 'default') {
        const found = credentials.get(name);
        return found && credentialSecret(name, found);
      }
      const secret = isRoot(name) ? validationSecret(ca.rootCertificate) : held.get(nodeId);
      return secret === undefined ? undefined : { ...secret, name };
    },
    onChange: () => () => {},
  };
}
