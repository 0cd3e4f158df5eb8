import '../../ca/reflect.ts';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect, it } from 'vitest';
import { installedMeshConfig } from '../../mesh-config.ts';
import { contextOf } from '../analyze.ts';
import { objectOf } from '../testing/case.ts';
import { gatewaySecrets } from './gateway-secrets.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);

/** A certificate of one day. */
async function certificate(): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=a.test',
    keys,
    notBefore: new Date(start),
    notAfter: new Date(start + day),
    signingAlgorithm: algorithm,
  });
  return made.toString('pem');
}

// gateway-secrets-validation.yaml has a certificate that has ended.
it.each<[name: string, now: number, codes: string[]]>([
  ['valid', start + 1, []],
  ['not yet valid', start - 1, ['IST0161']],
  ['no longer valid', start + day + 1, ['IST0161']],
])('a certificate that is %s', async (_name, now, codes) => {
  const pem = await certificate();
  const objects = [
    'Pod edge/p {labels: {istio: gw}}',
    `Secret edge/generic {data: {cert: ${btoa(pem)}, key: ${btoa('k')}}}`,
    'Gateway a/g {spec: {selector: {istio: gw}, servers: [{tls: {credentialName: generic}}]}}',
  ].map(objectOf);
  const messages = gatewaySecrets.analyze(contextOf(objects, { mesh: installedMeshConfig(), now }));
  expect(messages.map(({ code }) => code)).toEqual(codes);
});
