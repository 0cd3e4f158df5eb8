import { describe, expect, it } from 'vitest';
import { secret } from '../../../test/support/authority.ts';
import type { KindRef, KubeObject, ObjectRef } from '../../kube/objects.ts';
import { credential } from './credentials.ts';
import { credentialSecret } from './secret.ts';

const grant = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'ReferenceGrant',
  metadata: { name: 'g', namespace: 'granted' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'shop' }],
    to: [{ group: '', kind: 'Secret' }],
  },
};
const all: KubeObject[] = [
  secret('tls', 'shop', { 'tls.crt': 'C', 'tls.key': 'K', 'ca.crt': 'A' }),
  secret('generic', 'shop', { cert: 'c', key: 'k', cacert: 'a' }),
  secret('apart', 'shop', { cert: 'c', key: 'k' }),
  secret('apart-cacert', 'shop', { cacert: 'other' }),
  secret('empty', 'shop', { 'tls.crt': 'C' }),
  secret('tls', 'granted', { 'tls.crt': 'G', 'tls.key': 'K' }),
  secret('tls', 'closed', { 'tls.crt': 'X', 'tls.key': 'K', 'ca.crt': 'A' }),
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'roots', namespace: 'closed' },
    ...{ data: { 'ca.crt': 'R' } },
  },
  grant,
];
const store = {
  get: ({ kind, name, namespace }: ObjectRef) =>
    all.find((o) => o.kind === kind && o.metadata.name === name && o.metadata.namespace === namespace),
  list: ({ kind }: KindRef) => all.filter((o) => o.kind === kind),
};

const pair = (certificate: string, key: string) => ({ kind: 'certificate', certificate, key });
const roots = (bundle: string) => ({ kind: 'roots', bundle });

/** What istiod serves to a proxy of `shop` (pilot/pkg/xds/sds.go, pilot/pkg/credentials/kube/secrets.go). */
describe('a credential', () => {
  it.each<[string, object | undefined]>([
    ['kubernetes://tls', pair('C', 'K')],
    ['kubernetes://generic', pair('c', 'k')],
    ['kubernetes://tls-cacert', roots('A')],
    ['kubernetes://generic-cacert', roots('a')],
    ['kubernetes://apart-cacert', roots('other')],
    ['kubernetes://empty', undefined],
    ['kubernetes://absent', undefined],
    ['kubernetes://closed/tls', undefined],
    ['kubernetes://granted/tls', undefined],
    ['kubernetes-gateway://shop/tls', pair('C', 'K')],
    ['kubernetes-gateway://granted/tls', pair('G', 'K')],
    ['kubernetes-gateway://closed/tls', undefined],
    ['kubernetes-gateway://closed/tls-cacert', undefined],
    ['configmap://closed/roots-cacert', roots('R')],
    ['file-cert:/etc/a~/etc/b', undefined],
    ['default', undefined],
  ])('%s is %j', (name, expected) => {
    expect(credential(store, name, 'shop')).toEqual(expected);
  });

  it('goes to Envoy under the name that it asked for', () => {
    const inline = (text: string) => ({ inlineBytes: btoa(text) });
    expect(credentialSecret('kubernetes://a', { kind: 'certificate', certificate: 'C', key: 'K' })).toMatchObject({
      name: 'kubernetes://a',
      tlsCertificate: { certificateChain: inline('C'), privateKey: inline('K') },
    });
    expect(credentialSecret('kubernetes://a-cacert', { kind: 'roots', bundle: 'A' })).toMatchObject({
      name: 'kubernetes://a-cacert',
      validationContext: { trustedCa: inline('A') },
    });
  });
});
