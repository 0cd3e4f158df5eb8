import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdAtMostOne } from './crd.ts';

/** CEL rules of `tls` of a Gateway's server and of a Sidecar's ingress. */
export const crdServerTls = (tls: Field): Finding[] => [
  ...crdAtMostOne(tls, ['tlsCertificates', 'credentialNames'], one('credentialNames or tlsCertificates')),
  ...crdAtMostOne(tls, ['credentialName', 'credentialNames'], one('credentialName or credentialNames')),
  ...crdAtMostOne(tls, ['credentialNames', 'tlsCertificates'], one('credentialName or tlsCertificates')),
];
const one = (names: string) => `only one of ${names} can be set`;

const certificateFields = {
  serverCertificate: 'server certificate',
  privateKey: 'private key',
  caCertificates: 'CA bundle',
  tlsCertificates: 'tlsCertificates',
  credentialName: 'credentialName',
  credentialNames: 'credentialNames',
};
const isSet = (tls: Field, name: string) => tls.get(name).text !== '' || tls.get(name).size > 0;

/** ServerTLSSettings (validateTLSOptions); its mode is PASSTHROUGH unless said otherwise. */
export function serverTlsFindings(tls: Field): Finding[] {
  if (!tls.present) return [];
  const mode = tls.get('mode').text || 'PASSTHROUGH';
  const found = cipherFindings(tls);
  if (mode === 'ISTIO_MUTUAL') {
    const set = Object.entries(certificateFields).filter(([name]) => isSet(tls, name));
    return [
      ...found,
      ...set.map(([name, words]) => tls.get(name).error(`ISTIO_MUTUAL TLS cannot have associated ${words}`)),
    ];
  }
  if (mode.endsWith('PASSTHROUGH') && ['caCrl', ...Object.keys(certificateFields)].some((name) => isSet(tls, name))) {
    found.push(tls.warn(`${mode} mode does not use certificates, they will be ignored`));
  }
  found.push(...tls.when(sources(tls) > 1, manySources));
  const terminates = ['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL'].includes(mode);
  if (terminates && (isSet(tls, 'credentialName') || isSet(tls, 'credentialNames'))) return found;
  return [...found, ...(terminates ? certificateFindings(tls, mode) : []), ...crlFindings(tls, mode)];
}

const manySources =
  'only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified';
const sources = (tls: Field): number =>
  [
    isSet(tls, 'serverCertificate') && isSet(tls, 'privateKey'),
    ...['credentialName', 'credentialNames', 'tlsCertificates'].map((name) => isSet(tls, name)),
  ].filter(Boolean).length;

function certificateFindings(tls: Field, mode: string): Finding[] {
  const prefix = mode === 'SIMPLE' ? 'SIMPLE TLS' : 'MUTUAL TLS';
  const many = tls.get('tlsCertificates');
  const noBundle = mode !== 'SIMPLE' && !isSet(tls, 'caCertificates');
  return [
    ...tls.when(noBundle, `${prefix} requires a client CA bundle`),
    ...(many.size > 2 ? [many.warn(`${prefix} can support up to 2 server certificates`)] : []),
    ...(many.size > 0 ? many.items() : [tls]).flatMap((pair) => [
      ...pair.when(!isSet(pair, 'serverCertificate'), `${prefix} requires a server certificate`),
      ...pair.when(!isSet(pair, 'privateKey'), `${prefix} requires a private key`),
    ]),
  ];
}

function crlFindings(tls: Field, mode: string): Finding[] {
  const crl = tls.get('caCrl');
  if (crl.text === '') return [];
  const inCredential = 'CRL is not supported with credentialName. CRL has to be specified in the credential';
  return [
    ...crl.when(isSet(tls, 'credentialName'), inCredential),
    ...crl.when(mode === 'SIMPLE', 'CRL is not supported with SIMPLE TLS'),
  ];
}

/** pkg/config/security/security.go, ValidCipherSuites. */
const ciphers = new Set(
  'ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA AES256-SHA DES-CBC3-SHA'.split(
    ' ',
  ),
);
/** Expressions such as `-ALL` or `[a|b]` are left to Envoy. */
export const isCipher = (name: string) =>
  name === '' || name === 'ALL' || !/^[\p{L}\p{N}]/u.test(name) || ciphers.has(name);

function cipherFindings(tls: Field): Finding[] {
  const suites = tls.get('cipherSuites');
  const names = suites.items().map((suite) => suite.text);
  const old = ['TLSV1_0', 'TLSV1_1'].includes(tls.get('minProtocolVersion').text);
  const tooOld =
    'TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.';
  const sorted = (list: string[]) => [...new Set(list)].sort().join(' ');
  const invalid = sorted(names.filter((name) => !isCipher(name)));
  const twice = sorted(names.filter((name, i) => isCipher(name) && names.indexOf(name) < i));
  return [
    ...(old && names.length === 0 ? [tls.get('minProtocolVersion').warn(tooOld)] : []),
    ...(invalid ? [suites.warn(`ignoring invalid cipher suites: [${invalid}]`)] : []),
    ...(twice ? [suites.warn(`ignoring duplicate cipher suites: [${twice}]`)] : []),
  ];
}
