import type { Field, Finding } from '../../kube/schema/field.ts';
import { gatewayNameFindings, labelFindings, portFindings, unless } from './common.ts';
import { matchedHeaderError } from './headers.ts';
import { isDnsLabel } from './names.ts';
import { regexMatchFindings, stringMatchFindings } from './string-match.ts';

/** One entry of `http[].match` (validateHTTPRouteMatchRequest). */
export function httpMatchFindings(match: Field): Finding[] {
  return [
    ...match
      .get('headers')
      .entries()
      .flatMap(([name, header]) => [
        ...unless(header, matchedHeaderError(name)),
        ...stringMatchFindings(header, 'headers'),
      ]),
    ...match
      .get('withoutHeaders')
      .entries()
      .flatMap(([name, header]) => [
        ...unless(header, matchedHeaderError(name)),
        // `*` means that the header is absent; it is no regex.
        ...(header.get('regex').text === '*' ? [] : stringMatchFindings(header, 'withoutHeaders')),
      ]),
    // An empty prefix of a URI is allowed, unlike everywhere else.
    ...regexMatchFindings(match.get('uri'), 'uri'),
    ...['scheme', 'method', 'authority'].flatMap((name) => stringMatchFindings(match.get(name), name)),
    ...match
      .get('queryParams')
      .entries()
      .flatMap(([, value]) => stringMatchFindings(value, 'queryParams')),
    ...(match.get('port').number === 0 ? [] : portFindings(match.get('port'))),
    ...labelFindings(match.get('sourceLabels')),
    // istiod drops the warnings here (validateHTTPRouteMatchRequest returns an error only).
    ...gatewayNameFindings(match.get('gateways')).filter((f) => !f.warning),
    ...sourceNamespace(match.get('sourceNamespace')),
  ];
}

function sourceNamespace(namespace: Field): Finding[] {
  const wrong = namespace.text !== '' && !isDnsLabel(namespace.text);
  return namespace.when(wrong, `sourceNamespace match ${namespace.text} is invalid`);
}
