import type { JsonObject } from '../../../json.ts';
import { alpn } from './alpn.ts';
import { authorization, customAuthorization } from './authorization.ts';
import { cors } from './cors.ts';
import { extensionFilters } from './extensions.ts';
import { fault } from './fault.ts';
import type { HttpFilterBuilder, HttpFilterInput } from './filter.ts';
import { grpcStats, grpcWeb } from './grpc.ts';
import { jwt } from './jwt.ts';
import { lookupHosts } from './lookup.ts';
import { httpMetadataExchange } from './metadata-exchange.ts';
import { router } from './router.ts';
import { httpStats } from './stats.ts';

/** The filters of every HTTP connection manager of a sidecar, in order (buildHTTPConnectionManager in istio pilot/pkg/networking/core/listener_builder.go). */
export const httpFilterOrder: readonly { build: HttpFilterBuilder; because: string }[] = [
  { build: httpMetadataExchange, because: 'a request that is refused below must still name its peer' },
  { build: customAuthorization, because: 'who decides outside sees the token as the client sent it' },
  { build: extensionFilters('AUTHN'), because: 'an extension may prepare what is authenticated' },
  { build: jwt, because: 'policies below ask for the claims of a token that was checked' },
  { build: extensionFilters('AUTHZ'), because: 'an extension may prepare what policies decide on' },
  { build: authorization, because: 'a refused request is not counted, and no fault is injected into it' },
  { build: extensionFilters('STATS'), because: 'the first place after all policies' },
  { build: extensionFilters('UNSPECIFIED_PHASE'), because: 'after those that ask for a place' },
  { build: grpcWeb, because: 'what follows sees plain gRPC' },
  { build: grpcStats, because: 'counts what the policies above let through' },
  { build: alpn, because: 'decides the protocol before an upstream is chosen' },
  { build: fault, because: 'an injected fault needs no CORS answer' },
  { build: cors, because: 'answers preflight requests before they are routed' },
  { build: httpStats, because: 'sees what all others did, except the router' },
  { build: lookupHosts, because: 'the router needs the address' },
  { build: router, because: 'ends the chain' },
];

export const httpFilters = (input: HttpFilterInput): JsonObject[] => httpFilterOrder.flatMap((row) => row.build(input));
