import type { JsonObject } from '../../json.ts';
import type { Certificate } from '../facts.ts';
import { compileString } from '../match/string-matcher.ts';
import { flag, has, object, objects, text } from '../runtime/proto.ts';
import type { Secrets } from './secrets.ts';

/**
 * Why a peer's certificate is refused, in BoringSSL's words; '' when it is accepted. `expected`: a name that it must have
 * besides (auto_san_validation), '' for none.
 */
export type Validate = (certificate: Certificate, now: number, expected?: string) => string;

const failed = (what: string): string =>
  `TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: ${what}:TLS_error_end`;

/**
 * The validation context of a CommonTlsContext, or undefined when it has none: then any certificate is accepted
 * (docs: intro/arch_overview/security/ssl, "Example configuration"). `common` is the CommonTlsContext.
 */
export function compileValidation(common: JsonObject, secrets: Secrets, pointer: string): Validate | undefined {
  const combined = object(common, 'combinedValidationContext');
  const context = has(common, 'validationContext')
    ? object(common, 'validationContext')
    : object(combined, 'defaultValidationContext');
  const sds = has(common, 'validationContextSdsSecretConfig')
    ? object(common, 'validationContextSdsSecretConfig')
    : object(combined, 'validationContextSdsSecretConfig');
  const roots = rootsOf(context, sds, secrets);
  // Not even names count then (envoy source/common/tls/cert_validator/default_validator.cc, allow_untrusted_certificate_).
  if (text(context, 'trustChainVerification') === 'ACCEPT_UNTRUSTED') return () => '';
  if (!roots && !has(context, 'matchTypedSubjectAltNames') && !has(context, 'matchSubjectAltNames')) return undefined;
  const sans = compileSans(context, pointer);
  const expiredAllowed = flag(context, 'allowExpiredCertificate');
  return (certificate, now, expected = '') => {
    const trusted = roots?.();
    if (roots && !trusted?.includes(certificate.issuer))
      return failed(
        'X509_verify_cert: certificate verification error at depth 0: unable to get local issuer certificate',
      );
    if (!expiredAllowed && (now < certificate.notBefore || now > certificate.notAfter))
      return failed(
        `X509_verify_cert: certificate verification error at depth 0: certificate ${now > certificate.notAfter ? 'has expired' : 'is not yet valid'}`,
      );
    if (expected && !certificate.dnsSans.some((name) => isNamed(name, expected)))
      return failed(`verify SAN list, expected SANs: [${expected}], certificate SANs: [${namesOf(certificate)}]`);
    // Any matcher with any name of its kind is enough (envoy source/common/tls/cert_validator/default_validator.cc, matchSubjectAltName).
    if (sans.length === 0 || sans.some((matches) => matches(certificate))) return '';
    return failed(`SAN matcher, certificate SANs are [${namesOf(certificate)}]`);
  };
}

const namesOf = ({ uriSans, dnsSans }: Certificate): string => [...uriSans, ...dnsSans].join(', ');

/** A wildcard stands for one label (source/common/tls/utility.cc, dnsNameMatch). */
const isNamed = (name: string, host: string): boolean =>
  name.startsWith('*.') ? host.slice(host.indexOf('.')) === name.slice(1) : name === host;

/** Whether something that SDS is to bring is not there yet: such a context makes no connection (source/common/tls/ssl_socket.cc, NotReadySslSocket). */
export function compileMissing(common: JsonObject, secrets: Secrets): () => boolean {
  const names = [
    ...objects(common, 'tlsCertificateSdsSecretConfigs'),
    object(common, 'validationContextSdsSecretConfig'),
    object(object(common, 'combinedValidationContext'), 'validationContextSdsSecretConfig'),
  ].flatMap((sds) => text(sds, 'name') || []);
  return () => names.some((name) => !secrets.get(name));
}

/** Files and inline PEM are known by their text: `issue` is asked with it as the name. */
function rootsOf(
  context: JsonObject,
  sds: JsonObject,
  secrets: Secrets,
): (() => readonly string[] | undefined) | undefined {
  const name = text(sds, 'name');
  if (name) return () => secrets.get(name)?.roots;
  const ca = object(context, 'trustedCa');
  const source = text(ca, 'filename') || text(ca, 'inlineString') || text(ca, 'inlineBytes');
  return source ? () => secrets.get(source)?.roots : undefined;
}

function compileSans(context: JsonObject, pointer: string): ((certificate: Certificate) => boolean)[] {
  const typed = objects(context, 'matchTypedSubjectAltNames').map((m, i) => {
    const matcher = compileString(object(m, 'matcher'), `${pointer}/matchTypedSubjectAltNames/${i}`);
    const uri = text(m, 'sanType') === 'URI';
    const name = dnsName(object(m, 'matcher'));
    return (c: Certificate) =>
      uri ? c.uriSans.some((san) => matcher.test(san)) : c.dnsSans.some((san) => name?.(san) ?? matcher.test(san));
  });
  const untyped = objects(context, 'matchSubjectAltNames').map((m, i) => {
    const matcher = compileString(m, `${pointer}/matchSubjectAltNames/${i}`);
    const name = dnsName(m);
    return (c: Certificate) =>
      c.uriSans.some((san) => matcher.test(san)) || c.dnsSans.some((san) => name?.(san) ?? matcher.test(san));
  });
  return [...typed, ...untyped];
}

/**
 * An exact name is compared as DNS names are: a certificate for `*.a.example` is one for `x.a.example`, in any case
 * (envoy source/common/tls/cert_validator/san_matcher.cc, DnsExactStringSanMatcher; source/common/tls/utility.cc, dnsNameMatch).
 */
function dnsName(matcher: JsonObject): ((san: string) => boolean) | undefined {
  if (!has(matcher, 'exact')) return undefined;
  const wanted = text(matcher, 'exact').toLowerCase();
  const [, above] = /^[^.]+(\..+)$/.exec(wanted) ?? [];
  return (san) => san.toLowerCase() === wanted || (above !== undefined && san.toLowerCase() === `*${above}`);
}

/** The certificate that a CommonTlsContext presents: SDS by name, or a file or inline PEM known by its text. */
export function compileCertificate(common: JsonObject, secrets: Secrets): () => Certificate | undefined {
  const sds = text(objects(common, 'tlsCertificateSdsSecretConfigs')[0] ?? {}, 'name');
  const chain = object(objects(common, 'tlsCertificates')[0], 'certificateChain');
  const name = sds || text(chain, 'filename') || text(chain, 'inlineString') || text(chain, 'inlineBytes');
  return name ? () => secrets.get(name)?.certificate : () => undefined;
}
