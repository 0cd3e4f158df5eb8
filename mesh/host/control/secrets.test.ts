import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCa } from '../../istiod/ca/ca.ts';
import { servedKinds } from '../../kube/kinds.ts';
import { createStore } from '../../kube/memory-store.ts';
import { seededRandom } from '../../world/random.ts';
import { realClock } from '../real-clock.ts';
import { Failures } from './failures.ts';
import { createSecrets } from './secrets.ts';

const node = 'sidecar~10.0.0.1~web.shop~shop.svc.cluster.local';

describe('secrets of a proxy', () => {
  it('has roots of the operating system, so that its client does not trust whom it must not', async () => {
    const random = seededRandom(1);
    const ca = await createCa({ clock: realClock, trustDomain: 'cluster.local' });
    const store = createStore({ kinds: servedKinds, clock: realClock, random });
    const { source, close, manager } = createSecrets(ca, { store, random, failures: new Failures() });
    const roots = source.get(node, 'file-root:system') as { validationContext: { trustedCa: { inlineBytes: string } } };
    const root = new X509Certificate(Buffer.from(roots.validationContext.trustedCa.inlineBytes, 'base64'));
    expect(root.ca).toBe(true);
    expect(new X509Certificate(ca.rootCertificate).checkIssued(root)).toBe(false);
    expect(source.get(node, 'file-root:/etc/ca.pem')).toBeUndefined();
    manager.close();
    close();
  });
});
