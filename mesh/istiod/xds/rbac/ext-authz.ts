import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { durationText, parseDuration } from '../../model/duration.ts';
import { outboundKey } from '../../model/subset-key.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { flag, some, text } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { statusCodes } from './status-codes.ts';
import { metadataMatch, prefix } from './string-match.ts';

/** How to ask one external authorizer, without the filter's condition; `network` only for those that speak gRPC. */
export interface Authorizer {
  http: JsonObject;
  network?: JsonObject;
}

export const AUTHZ_PREFIX = 'istio-ext-authz';
const SHADOW_PREFIX = 'istio_ext_authz_';
export const shadowPrefix = { custom: SHADOW_PREFIX, allow: 'istio_dry_run_allow_', deny: 'istio_dry_run_deny_' };

/** The authorizer is asked only about requests that the RBAC filter before it found in a policy of this provider. */
export const askedFor = (filter: string, provider: string): JsonObject => {
  const path = [`${SHADOW_PREFIX}shadow_effective_policy_id`];
  return metadataMatch(filter, path, { stringMatch: prefix(`${AUTHZ_PREFIX}-${provider}`) }).metadata as JsonObject;
};

/** The provider of the mesh config with this name, or what is wrong with it (istio pilot/pkg/security/authz/builder/extauthz.go). */
export function authorizer({ snapshot, mesh }: ProxyContext, name: string): Authorizer | string {
  const given = (mesh.extensionProviders ?? []).filter(
    (p) => p.name === name && (isObject(p.envoyExtAuthzHttp) || isObject(p.envoyExtAuthzGrpc)),
  );
  const [provider] = given;
  if (!provider) return `the mesh has no external authorizer ${name}`;
  if (given.length > 1) return `extension provider ${name} is defined more than once`;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return `extension provider ${name} is not a DNS label`;
  if (isObject(provider.envoyExtAuthzHttp)) return httpAuthorizer(snapshot, provider.envoyExtAuthzHttp);
  return isObject(provider.envoyExtAuthzGrpc) ? grpcAuthorizer(snapshot, provider.envoyExtAuthzGrpc) : '';
}

function httpAuthorizer(snapshot: Snapshot, config: JsonObject): Authorizer | string {
  const target = common(snapshot, config);
  if (typeof target === 'string') return target;
  const pathPrefix = textOf(config.pathPrefix);
  if (pathPrefix && !pathPrefix.startsWith('/')) return `pathPrefix must begin with /, found ${pathPrefix}`;
  const wild = headerLists.find((field) => strings(config[field]).includes('*'));
  if (wild) return `a single wildcard is not supported in ${wild}`;
  const upstream = headers(config.headersToUpstreamOnAllow);
  const denied = headers(config.headersToDownstreamOnDeny);
  const allowed = headers(config.headersToDownstreamOnAllow);
  const added = isObject(config.includeAdditionalHeadersInCheck) ? config.includeAdditionalHeadersInCheck : {};
  return {
    http: {
      ...target.fields,
      allowedHeaders: headers(config.includeRequestHeadersInCheck) ?? headers(config.includeHeadersInCheck),
      httpService: {
        authorizationRequest: headersToAdd(added),
        authorizationResponse:
          upstream || denied || allowed
            ? {
                allowedUpstreamHeaders: upstream,
                allowedClientHeaders: denied,
                allowedClientHeadersOnSuccess: allowed,
              }
            : undefined,
        pathPrefix: text(pathPrefix),
        serverUri: { cluster: target.cluster, timeout: target.timeout, uri: `http://${target.host}` },
      },
    },
  };
}

const headerLists = [
  'includeRequestHeadersInCheck',
  'includeHeadersInCheck',
  'headersToDownstreamOnDeny',
  'headersToDownstreamOnAllow',
  'headersToUpstreamOnAllow',
];

function grpcAuthorizer(snapshot: Snapshot, config: JsonObject): Authorizer | string {
  const target = common(snapshot, config);
  if (typeof target === 'string') return target;
  const grpcService: JsonObject = {
    envoyGrpc: { authority: target.host, clusterName: target.cluster },
    timeout: target.timeout,
  };
  const { failureModeAllow, transportApiVersion } = target.fields;
  return {
    http: { ...target.fields, grpcService },
    network: { failureModeAllow, grpcService, statPrefix: 'tcp.', transportApiVersion },
  };
}

interface Target {
  host: string;
  cluster: string;
  timeout: string;
  /** Of the HTTP filter, whatever the authorizer speaks. */
  fields: JsonObject;
}

function common(snapshot: Snapshot, config: JsonObject): Target | string {
  const port = Number(config.port);
  if (!(port >= 1 && port <= 65535)) return `port must be in the range [1, 65535], found ${String(config.port)}`;
  const host = lookup(snapshot, textOf(config.service));
  if (host === undefined) return `there is no one service ${textOf(config.service) || '(empty)'}`;
  const status = textOf(config.statusOnError);
  const code = statusCodes[status];
  if (status && code === undefined) return `unsupported statusOnError ${status}`;
  const body = isObject(config.includeRequestBodyInCheck) ? config.includeRequestBodyInCheck : undefined;
  return {
    host,
    cluster: outboundKey(port, '', host),
    timeout: durationText(parseDuration(textOf(config.timeout))) ?? '600s',
    fields: {
      failureModeAllow: flag(config.failOpen === true),
      statusOnError: code === undefined ? undefined : { code },
      transportApiVersion: 'V3',
      withRequestBody: body && {
        allowPartialMessage: flag(body.allowPartialMessage === true),
        maxRequestBytes: Number(body.maxRequestBytes) || undefined,
        packAsBytes: flag(body.packAsBytes === true),
      },
    },
  };
}

/** LookupCluster: `namespace/host`, or a host that one namespace has. */
export function lookup(snapshot: Snapshot, service: string): string | undefined {
  const parts = service.split('/');
  const [namespace, name] = parts.length === 2 ? parts : [undefined, service];
  const found = snapshot.services.byHost.get(name ?? '');
  if (!found) return undefined;
  return (namespace === undefined ? found.size === 1 : found.has(namespace)) ? name : undefined;
}

function headers(value: Json | undefined): JsonObject | undefined {
  const patterns = strings(value).map((header) => {
    if (header.startsWith('*')) return { ignoreCase: true, suffix: header.slice(1) };
    return header.endsWith('*')
      ? { ignoreCase: true, prefix: header.slice(0, -1) }
      : { exact: header, ignoreCase: true };
  });
  return patterns.length > 0 ? { patterns } : undefined;
}

function headersToAdd(headers: JsonObject): JsonObject | undefined {
  const list = some(
    Object.keys(headers)
      .sort()
      .map((key) => ({ key, value: text(textOf(headers[key])) })),
  );
  return list && { headersToAdd: list };
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
