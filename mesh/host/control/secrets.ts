import type { Ca } from '../../istiod/ca/ca.ts';
import { credential, isCredentialSource } from '../../istiod/ca/credentials.ts';
import { credentialSecret } from '../../istiod/ca/secret.ts';
import { SecretManager } from '../../istiod/ca/secret-manager.ts';
import type { JsonObject } from '../../json.ts';
import type { Store } from '../../kube/store.ts';
import type { Random } from '../../world/random.ts';
import { realClock } from '../real-clock.ts';
import type { SecretSource } from '../xds/types.ts';
import type { Failures } from './failures.ts';
import { systemRoots, systemRootsName } from './system-roots.ts';

/** The certificates of all proxies, and the same as the xDS server asks for them. */
export function createSecrets(
  ca: Ca,
  { store, random, failures }: { store: Store; random: Random; failures: Failures },
): { close(): void; manager: SecretManager; source: SecretSource } {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const changed of listeners) changed();
  };
  const close = store.subscribe(({ object }) => isCredentialSource(object) && tell());
  const manager = new SecretManager({
    ca,
    clock: realClock,
    jitter: random,
    onChange: tell,
    onError: (proxy, error) =>
      failures.report({
        what: `the certificate of ${proxy} could not be renewed: ${String(error)}`,
        fix: 'run it again',
      }),
  });
  const source: SecretSource = {
    get: (nodeId, name) => manager.current(nodeId)?.resources.get(name) ?? ofCredential(store, nodeId, name),
    onChange: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
  return { manager, source, close };
}

const ofSystem = { kind: 'roots', bundle: systemRoots } as const;

/** The Secret or ConfigMap that a Gateway or DestinationRule names; the namespace is that of the proxy's id. */
function ofCredential(store: Store, nodeId: string, name: string): JsonObject | undefined {
  const namespace = nodeId.split('~')[3]?.split('.')[0] ?? '';
  const found = name === systemRootsName ? ofSystem : credential(store, name, namespace);
  return found && credentialSecret(name, found);
}
