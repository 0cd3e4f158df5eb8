import type { Field, Finding } from '../../kube/schema/field.ts';
import { attachmentFindings, crdAttachment } from './attachment.ts';
import { crdAtMostOne, crdRule } from './crd.ts';
import { crdDuration, durationFindings } from './duration.ts';
import { jwksError, privateKeys } from './jwks.ts';
import { goUrl } from './url.ts';

const isHttpUrl = (text: string) => ['http', 'https'].includes(goUrl(text).scheme);

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function requestAuthenticationCrd(spec: Field): Finding[] {
  const uris = ['jwksUri', 'jwks_uri'].flatMap((name) => spec.select(`jwtRules[].${name}`));
  return [
    ...crdAttachment(spec),
    ...spec
      .select('jwtRules[]')
      .flatMap((rule) => crdAtMostOne(rule, ['jwksUri', 'jwks_uri', 'jwks'], 'only one of jwks or jwksUri can be set')),
    ...uris.flatMap((uri) => crdRule(uri, !isHttpUrl(uri.text), 'url must have scheme http:// or https://')),
    ...spec.select('jwtRules[].timeout').flatMap(crdDuration),
  ];
}

/** pkg/config/validation/validation.go, ValidateRequestAuthentication. */
export const requestAuthenticationWebhook = (spec: Field): Finding[] => [
  ...attachmentFindings(spec),
  ...spec.select('jwtRules[]').flatMap(ruleFindings),
];

function ruleFindings(rule: Field): Finding[] {
  const uri = rule.get('jwksUri').present ? rule.get('jwksUri') : rule.get('jwks_uri');
  const empty = (path: string, words: string) =>
    rule.select(path).flatMap((field) => field.when(field.text === '', words));
  const scheme = JSON.stringify(goUrl(uri.text).scheme);
  return [
    ...empty('audiences[]', 'audience must be non-empty string'),
    ...rule.when(rule.get('issuer').text === '' && uri.text === '', 'issuer or jwksUri must be non-empty string'),
    ...uri.when(uri.text !== '' && !isHttpUrl(uri.text), `URI scheme ${scheme} is not supported`),
    ...keyFindings(rule.get('jwks')),
    ...rule
      .select('fromHeaders[]')
      .flatMap((from) => from.when(from.get('name').text === '', 'location header name must be non-empty string')),
    ...empty('fromParams[]', 'location query must be non-empty string'),
    ...empty('fromCookies[]', 'cookie name must be non-empty string'),
    ...rule.select('outputClaimToHeaders[]').flatMap(claimFindings),
    ...durationFindings(rule.get('timeout')),
  ];
}

function keyFindings(jwks: Field): Finding[] {
  if (jwks.text === '') return [];
  const wrong = jwksError(jwks.text);
  if (wrong) return [jwks.error(`jwks parse error: ${wrong}`)];
  const words = 'contains private key material; only public keys are used for verification';
  return privateKeys(jwks.text).map((i) => jwks.warn(`jwks key at index ${i} ${words}`));
}

/** A stricter name than HTTP's (ValidateStrictHTTPHeaderName). */
function claimFindings(output: Field): Finding[] {
  const [claim, header] = [output.get('claim').text, output.get('header').text];
  if (claim === '' || header === '') {
    return [output.error('outputClaimToHeaders header and claim value must be non-empty string')];
  }
  return output
    .get('header')
    .when(!/^[-_A-Za-z0-9]+$/.test(header), `header name ${header} is not a valid header name`);
}
