import type { Field, Finding } from '../../kube/schema/field.ts';
import { destinationFindings, weightFindings } from './common.ts';
import { durationFindings } from './duration.ts';
import { authorityFindings, headerOperations } from './headers.ts';
import { httpMatchFindings } from './http-match.ts';
import { corsFindings, faultFindings, retryFindings } from './http-policy.ts';
import { directResponseFindings, redirectFindings, rewriteFindings } from './http-rewrite.ts';

/** One entry of `http` (pkg/config/validation/virtualservice.go, validateHTTPRoute); `delegate`: its VirtualService has no hosts. */
export function httpRouteFindings(http: Field, delegate: boolean): Finding[] {
  const headers = http.get('headers');
  return [
    ...conflicts(http, delegate),
    ...http.get('match').items().flatMap(httpMatchFindings),
    ...headerOperations(headers),
    ...corsFindings(http.get('corsPolicy')),
    ...faultFindings(http.get('fault')),
    ...mirrorFindings(http),
    ...redirectFindings(http.get('redirect'), http.get('match')),
    ...directResponseFindings(http.get('directResponse')),
    ...retryFindings(http.get('retries')),
    ...rewriteFindings(http.get('rewrite')),
    ...authorityFindings(http.get('rewrite'), headers),
    ...http
      .get('route')
      .items()
      .flatMap((leg) => headerOperations(leg.get('headers'))),
    ...weightFindings(http.get('route')),
    ...durationFindings(http.get('timeout')),
  ];
}

/** What one route may not hold together (validateHTTPRouteConflict). */
function conflicts(http: Field, delegate: boolean): Finding[] {
  const has = (name: string) => http.get(name).present;
  const name = http.get('name').text;
  if (!delegate && has('delegate')) {
    return ['redirect', 'route'].flatMap((f) =>
      http.get(f).when(has(f), `root HTTP route ${name} must not specify ${f}`),
    );
  }
  const mirrors = http.get('mirror').present && http.get('mirrors').size > 0;
  return [
    ...http.get('delegate').when(has('delegate'), 'delegate HTTP route cannot contain delegate'),
    ...answers(http),
    ...http.get('mirrors').when(mirrors, 'HTTP route cannot contain both mirror and mirrors'),
  ];
}

function answers(http: Field): Finding[] {
  const routes = http.get('route').size > 0;
  const has = (name: string) => (name === 'route' ? routes : http.get(name).present);
  const both = (field: string, words: string) => http.get(field).when(has(field), words);
  if (has('redirect')) {
    return [
      ...both('route', 'HTTP route cannot contain both route and redirect'),
      ...both('fault', 'HTTP route cannot contain both fault and redirect'),
      ...both('rewrite', 'HTTP route rule cannot contain both rewrite and redirect'),
      ...both('directResponse', 'HTTP route rule cannot contain both direct_response and redirect'),
    ];
  }
  if (has('directResponse')) {
    return [
      ...both('route', 'HTTP route cannot contain both route and direct_response'),
      ...both('fault', 'HTTP route cannot contain both fault and direct_response'),
      ...both('rewrite', 'HTTP route rule cannot contain both rewrite and direct_response'),
    ];
  }
  return http.when(!routes, 'HTTP route, redirect or direct_response is required');
}

function mirrorFindings(http: Field): Finding[] {
  // Two names of one field.
  const percent = http.get('mirrorPercent').present ? http.get('mirrorPercent') : http.get('mirror_percent');
  const deprecated = 'using deprecated setting "mirrorPercent", use "mirrorPercentage" instead';
  const old =
    percent.number > 100
      ? [percent.error(`mirror_percent must have a max value of 100 (it has ${percent.number})`)]
      : [];
  return [
    ...old,
    ...(percent.present ? [percent.warn(deprecated)] : []),
    ...range(http.at('mirrorPercentage', 'value'), 'mirror_percentage'),
    ...destinationFindings(http.get('mirror')),
    ...http
      .get('mirrors')
      .items()
      .flatMap((mirror) => [
        ...mirror.when(!mirror.get('destination').present, 'destination is required for mirrors'),
        ...destinationFindings(mirror.get('destination')),
        ...range(mirror.at('percentage', 'value'), 'mirror percentage'),
      ]),
  ];
}

/** Go prints these with %f: six decimals. */
function range(value: Field, name: string): Finding[] {
  const shown = value.number.toFixed(6);
  return [
    ...value.when(value.number > 100, `${name} must have a max value of 100 (it has ${shown})`),
    ...value.when(value.number < 0, `${name} must have a min value of 0 (it has ${shown})`),
  ];
}
