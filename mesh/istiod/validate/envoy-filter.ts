import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdAttachment, crdWorkloadSelector, workloadSelectorFindings } from './attachment.ts';
import { crdPort, crdRule } from './crd.ts';
import { patchValueFindings } from './envoy-patch.ts';
import { re2Error } from './re2.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function envoyFilterCrd(spec: Field): Finding[] {
  const words = 'only support waypointMatch when context is WAYPOINT';
  return [
    ...crdAttachment(spec, 'workloadSelector'),
    ...crdWorkloadSelector(spec),
    ...spec
      .select('configPatches[].match')
      .flatMap((match) => [
        ...crdRule(match, (match.get('context').text === 'WAYPOINT') !== match.get('waypoint').present, words),
        ...crdPort(match.at('waypoint', 'portNumber')),
      ]),
  ];
}

const internals =
  'EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.';

/** pkg/config/validation/envoyfilter/envoyfilter.go, ValidateEnvoyFilter. */
export function envoyFilterWebhook(spec: Field): Finding[] {
  const selector = workloadSelectorFindings(spec, 'Envoy filter');
  if (selector.some((f) => !f.warning)) return selector;
  return [spec.warn(internals), ...selector, ...spec.select('configPatches[]').flatMap(patchFindings)];
}

function patchFindings(config: Field): Finding[] {
  const [match, patch, applyTo] = [config.get('match'), config.get('patch'), config.get('applyTo')];
  if (match.get('context').text === 'WAYPOINT') return [];
  const error = (words: string): Finding[] => [config.error(`Envoy filter: ${words}`)];
  const operation = patch.get('operation').text || 'INVALID';
  if (['', 'INVALID'].includes(applyTo.text)) return error('missing applyTo');
  if (!patch.present) return error('missing patch');
  if (operation === 'INVALID') return error('missing patch operation');
  if (operation !== 'REMOVE' && !patch.get('value').present)
    return error('missing patch value for non-remove operation');
  const version = versionFindings(match.at('proxy', 'proxyVersion'));
  if (version.some((f) => !f.warning)) return version;
  const matched = matchFindings(match, applyTo.text);
  const value = matched.some(isFinal) ? [] : patchValueFindings(patch.get('value'), applyTo.text);
  return [...version, ...matched, ...value];
}

function versionFindings(version: Field): Finding[] {
  if (version.text.length > 1024) {
    return [version.warn('Envoy filter: proxyVersion match exceeds 1024 characters and will be ignored')];
  }
  const wrong = version.text === '' ? undefined : re2Error(version.text);
  return wrong ? [version.error(`Envoy filter: invalid regex for proxy version, [${wrong}]`)] : [];
}

const classes = [
  {
    objects: ['LISTENER', 'FILTER_CHAIN', 'NETWORK_FILTER', 'HTTP_FILTER'],
    match: 'listener',
    words: 'listener class objects cannot have non listener match',
  },
  {
    objects: ['ROUTE_CONFIGURATION', 'VIRTUAL_HOST', 'HTTP_ROUTE'],
    match: 'routeConfiguration',
    words: 'http route class objects cannot have non route configuration match',
  },
  { objects: ['CLUSTER'], match: 'cluster', words: 'cluster class objects cannot have non cluster match' },
];

/** What is patched and what is matched must be of one sort. */
function matchFindings(match: Field, applyTo: string): Finding[] {
  const sort = classes.find(({ objects }) => objects.includes(applyTo));
  const other = ['listener', 'routeConfiguration', 'cluster', 'waypoint'].some((name) => match.get(name).present);
  if (!sort || !other) return [];
  if (!match.get(sort.match).present) return [match.error(`Envoy filter: applyTo for ${sort.words}`)];
  return sort.match === 'listener' ? filterFindings(match.at('listener', 'filterChain', 'filter'), applyTo) : [];
}

/** Only what is wrong with a match of listeners ends the judgement. */
const isFinal = ({ warning, message }: Finding): boolean => !warning && !/http route class|cluster class/.test(message);

const connectionManagers = ['envoy.filters.network.http_connection_manager', 'envoy.http_connection_manager'];

function filterFindings(filter: Field, applyTo: string): Finding[] {
  if (!filter.present) return [];
  const useless = applyTo === 'LISTENER' || applyTo === 'FILTER_CHAIN';
  const found = useless ? [filter.warn(`Envoy filter: filter match has no effect when used with ${applyTo}`)] : [];
  const [name, sub] = [filter.get('name').text, filter.get('subFilter')];
  const error = (words: string) => [...found, filter.error(`Envoy filter: ${words}`)];
  if (name === '') return error('filter match has no name to match on');
  if (sub.present && applyTo !== 'HTTP_FILTER')
    return error('subfilter match can be used with applyTo HTTP_FILTER only');
  if (sub.present && !connectionManagers.includes(name)) {
    return error(`subfilter match requires filter match with ${connectionManagers[0]}`);
  }
  if (sub.present && sub.get('name').text === '') return error('subfilter match has no name to match on');
  return [...found, ...deprecatedName(filter), ...deprecatedName(sub)];
}

/** Names of filters before Envoy 1.14, by where they stand (pkg/config/xds/deprecated.go). */
const renamed: { [kind: string]: string } = {
  http: 'buffer cors csrf ext_authz fault grpc_http1_bridge grpc_json_transcoder grpc_web gzip health_check ip_tagging lua router squash',
  network: 'client_ssl_auth http_connection_manager mongo_proxy ratelimit redis_proxy tcp_proxy',
  listener: 'http_inspector original_dst original_src proxy_protocol tls_inspector',
};

function newName(old: string): string | undefined {
  if (old === 'envoy.rate_limit') return 'envoy.filters.http.ratelimit';
  const name = old.replace(/^envoy\.(listener\.)?/, '');
  const kind = Object.keys(renamed).find((k) => renamed[k]?.split(' ').includes(name));
  const was = kind === 'listener' ? `envoy.listener.${name}` : `envoy.${name}`;
  return kind && was === old ? `envoy.filters.${kind}.${name}` : undefined;
}

function deprecatedName(filter: Field): Finding[] {
  const name = filter.get('name');
  const now = newName(name.text);
  return now ? [name.warn(`using deprecated filter name "${name.text}"; use "${now}" instead`)] : [];
}
