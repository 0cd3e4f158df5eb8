import { describe, expect, it } from 'vitest';
import { goldenProxies } from '../envoy/testing/golden.ts';
import { localise } from './localise.ts';
import { somePlace } from './testing/some.ts';

describe('localise on what istiod sends', () => {
  const golden = goldenProxies();

  it('knows every message that istiod uses', () => {
    const problems = golden.flatMap(({ scenario, proxy, config }) =>
      localise(config, proxy, somePlace()).problems.map((p) => `${scenario.slice(0, 3)} ${p.what}`),
    );
    expect(golden.length).toBe(49);
    // What is refused on purpose: files and a download, all else istiod writes runs here.
    expect([...new Set(problems)]).toEqual([
      'a06 the credential file-root:/etc/certs/ca.pem is a file of a machine and is not read',
      'a06 the credential file-cert:/etc/certs/c.pem~/etc/certs/k.pem is a file of a machine and is not read',
      'a16 labels of metrics made by expressions (dimensions) are left out: istio.stats is not in this Envoy',
      'a16 remote was removed: it fetches code from the network',
      'a16 the filter was removed: its configuration is missing',
    ]);
  });
});
