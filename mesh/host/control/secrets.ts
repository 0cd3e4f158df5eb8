import type { Ca } from '../../istiod/ca/ca.ts';
import { SecretManager } from '../../istiod/ca/secret-manager.ts';
import type { Random } from '../../world/random.ts';
import { realClock } from '../real-clock.ts';
import type { SecretSource } from '../xds/types.ts';
import type { Failures } from './failures.ts';

/** The certificates of all proxies, and the same as the xDS server asks for them. */
export function createSecrets(
  ca: Ca,
  random: Random,
  failures: Failures,
): { manager: SecretManager; source: SecretSource } {
  const listeners = new Set<() => void>();
  const manager = new SecretManager({
    ca,
    clock: realClock,
    jitter: random,
    onChange: () => {
      for (const changed of listeners) changed();
    },
    onError: (proxy, error) =>
      failures.report({
        what: `the certificate of ${proxy} could not be renewed: ${String(error)}`,
        fix: 'run it again',
      }),
  });
  const source: SecretSource = {
    get: (nodeId, name) => manager.current(nodeId)?.resources.get(name),
    onChange: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
  return { manager, source };
}
