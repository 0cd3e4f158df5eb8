import type { Field, Finding } from '../../kube/schema/field.ts';

/** `tls` of a traffic policy (agent/validation.go, ValidateTLS). */
export function clientTlsFindings(tls: Field, namespace: string): Finding[] {
  if (!tls.present) return [];
  const set = (name: string) => tls.get(name).text !== '';
  const mode = tls.get('mode').text;
  const found = [...configMapName(tls.get('credentialName'), namespace), ...insecureFindings(tls)];
  if (['SIMPLE', 'MUTUAL'].includes(mode) && set('credentialName')) {
    const both = ['clientCertificate', 'caCertificates', 'privateKey', 'caCrl'].some(set);
    const words = 'cannot specify client certificates or CA certificate or CA CRL If credentialName is set';
    return [...found, ...tls.when(both, words)];
  }
  if (mode !== 'MUTUAL') return found;
  return [
    ...found,
    ...tls.when(!set('clientCertificate'), 'client certificate required for mutual tls'),
    ...tls.when(!set('privateKey'), 'private key required for mutual tls'),
  ];
}

function insecureFindings(tls: Field): Finding[] {
  const skip = tls.get('insecureSkipVerify');
  if (!skip.true) return [];
  const set = (name: string) => tls.get(name).text !== '' || tls.get(name).size > 0;
  const mode = tls.get('mode').text;
  const verified = set('caCertificates') || tls.get('subjectAltNames').present;
  const when = 'when InsecureSkipVerify is set true';
  return [
    ...skip.when(
      mode === 'SIMPLE' && (verified || set('credentialName')),
      `cannot specify CaCertificates or CredentialName or SubjectAltNames ${when}`,
    ),
    ...skip.when(mode === 'MUTUAL' && verified, `cannot specify CaCertificates or SubjectAltNames ${when}`),
  ];
}

/** `configmap://namespace/name`, only of the rule's own namespace. */
function configMapName(name: Field, namespace: string): Finding[] {
  const prefix = 'configmap://';
  if (!name.text.startsWith(prefix)) return [];
  const parts = name.text.slice(prefix.length).split('/');
  const start = 'invalid configmap:// credentialName:';
  if (parts.length !== 2 || parts.includes('')) return [name.error(`${start} invalid resource name "${name.text}"`)];
  const words = `${start} namespace must match the configuration namespace "${namespace}"`;
  return name.when(parts[0] !== namespace, words);
}
