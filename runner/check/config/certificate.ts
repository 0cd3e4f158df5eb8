import type { ConfigFacts } from '../../lab/schema/facts.ts';
import { list, text } from './dump.ts';
import type { ConfigFact } from './fact.ts';

type CertificateFacts = NonNullable<ConfigFacts['certificate']>;

export const certificate: ConfigFact<CertificateFacts> = {
  name: 'certificate',
  describe: ({ san }) => `certificate of ${san}`,
  faults: (proxy, { san }) => {
    const sans = list(proxy.certificates, 'certificates')
      .flatMap((certificates) => list(certificates, 'certChain'))
      .flatMap((certificates) => list(certificates, 'subjectAltNames'))
      .map((name) => text(name, 'uri'))
      .filter(Boolean);
    return sans.includes(san) ? [] : [`its certificates are of ${[...new Set(sans)].join(', ') || 'nobody'}`];
  },
};
