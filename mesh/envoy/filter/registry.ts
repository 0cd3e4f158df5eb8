import { isObject, type JsonObject } from '../../json.ts';
import type { HttpFilterFactory, NetworkFilterFactory } from '../types.ts';
import { cors } from './cors.ts';
import { fault } from './fault.ts';
import { jwtAuthn } from './jwt/jwt-authn.ts';
import { localRateLimit } from './local-rate-limit.ts';
import { rbac } from './rbac/http.ts';
import { networkRbac } from './rbac/network.ts';
import { networkSetFilterState, setFilterState } from './set-filter-state.ts';

/** A filter that is there by name and changes nothing that a lab can see: it only counts, or guards what cannot happen here. */
const withoutEffect = (type: string): HttpFilterFactory => ({ type, compile: (_, { name }) => ({ name }) });

/** HTTP filters; one kind = one line. What is not here, the chain reports by name. */
const http: readonly HttpFilterFactory[] = [
  cors,
  fault,
  jwtAuthn,
  localRateLimit,
  rbac,
  setFilterState,
  withoutEffect('envoy.extensions.filters.http.grpc_stats.v3.FilterConfig'),
  withoutEffect('envoy.extensions.filters.http.grpc_web.v3.GrpcWeb'),
  withoutEffect('envoy.extensions.filters.http.router.v3.Router'),
  withoutEffect('io.istio.http.peer_metadata.Config'),
  withoutEffect('istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig'),
  withoutEffect('stats.PluginConfig'),
];

const network: readonly NetworkFilterFactory[] = [networkRbac, networkSetFilterState];

/** The message of an Any; EnvoyFilters often bring it as a TypedStruct (xds.type.v3, udpa.type.v1). */
const unwrap = (config: JsonObject): JsonObject =>
  String(config['@type'] ?? '').endsWith('.TypedStruct') && isObject(config.value) ? config.value : config;

const unwrapping = (factory: HttpFilterFactory): HttpFilterFactory => ({
  type: factory.type,
  compile: (config, setting) => factory.compile(unwrap(config), setting),
  ...(factory.compilePerRoute && {
    compilePerRoute: (config, setting) => factory.compilePerRoute?.(unwrap(config), setting),
  }),
});

/** By message name of the typed config. */
export const httpFilters: ReadonlyMap<string, HttpFilterFactory> = new Map(http.map((f) => [f.type, unwrapping(f)]));

export const networkFilters: ReadonlyMap<string, NetworkFilterFactory> = new Map(network.map((f) => [f.type, f]));
