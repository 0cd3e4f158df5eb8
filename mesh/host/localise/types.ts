import { typeUrl } from './walk.ts';

/**
 * The messages an Envoy here may be given, each read for what it can open, dial or run: what they name is either a
 * cluster, which is confined itself, or covered by forbidden.ts. What is not in this list is removed with a problem.
 * Left out on purpose: dynamic_modules, golang, tap, file_server, ext_proc (its own gRPC), original_src (binds addresses),
 * dynamic_forward_proxy, redis and aggregate clusters, http_11_proxy, file_content and environment formatters, xray.
 */
const names = `
google.protobuf.StringValue google.protobuf.Empty google.protobuf.Struct
envoy.config.listener.v3.Listener envoy.config.cluster.v3.Cluster envoy.config.route.v3.RouteConfiguration
envoy.config.endpoint.v3.ClusterLoadAssignment envoy.config.core.v3.TypedExtensionConfig envoy.config.route.v3.FilterConfig
envoy.config.trace.v3.OpenTelemetryConfig envoy.config.trace.v3.ZipkinConfig
envoy.extensions.access_loggers.file.v3.FileAccessLog
envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter
envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig
envoy.extensions.access_loggers.stats.v3.Config
envoy.extensions.access_loggers.stream.v3.StdoutAccessLog envoy.extensions.access_loggers.stream.v3.StderrAccessLog
envoy.extensions.compression.gzip.compressor.v3.Gzip envoy.extensions.compression.brotli.compressor.v3.Brotli
envoy.extensions.filters.http.buffer.v3.Buffer envoy.extensions.filters.http.buffer.v3.BufferPerRoute
envoy.extensions.filters.http.compressor.v3.Compressor envoy.extensions.filters.http.compressor.v3.CompressorPerRoute
envoy.extensions.filters.http.cors.v3.Cors envoy.extensions.filters.http.cors.v3.CorsPolicy
envoy.extensions.filters.http.csrf.v3.CsrfPolicy
envoy.extensions.filters.http.ext_authz.v3.ExtAuthz envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute
envoy.extensions.filters.http.fault.v3.HTTPFault
envoy.extensions.filters.http.grpc_stats.v3.FilterConfig envoy.extensions.filters.http.grpc_web.v3.GrpcWeb
envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute
envoy.extensions.filters.http.header_to_metadata.v3.Config envoy.extensions.filters.http.health_check.v3.HealthCheck
envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig
envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
envoy.extensions.filters.http.lua.v3.Lua envoy.extensions.filters.http.lua.v3.LuaPerRoute
envoy.extensions.filters.http.ratelimit.v3.RateLimit envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute
envoy.extensions.filters.http.rbac.v3.RBAC envoy.extensions.filters.http.rbac.v3.RBACPerRoute
envoy.extensions.filters.http.router.v3.Router envoy.extensions.filters.http.set_filter_state.v3.Config
envoy.extensions.filters.http.set_metadata.v3.Config
envoy.extensions.filters.http.stateful_session.v3.StatefulSession
envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute
envoy.extensions.filters.http.wasm.v3.Wasm
envoy.extensions.filters.listener.http_inspector.v3.HttpInspector
envoy.extensions.filters.listener.local_ratelimit.v3.LocalRateLimit
envoy.extensions.filters.listener.original_dst.v3.OriginalDst
envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
envoy.extensions.filters.listener.set_filter_state.v3.Config
envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector
envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit
envoy.extensions.filters.network.ext_authz.v3.ExtAuthz
envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit
envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy
envoy.extensions.filters.network.rbac.v3.RBAC envoy.extensions.filters.network.set_filter_state.v3.Config
envoy.extensions.filters.network.sni_cluster.v3.SniCluster
envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy envoy.extensions.filters.network.wasm.v3.Wasm
envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState
envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState
envoy.extensions.http.original_ip_detection.xff.v3.XffConfig
envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin
envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest
envoy.extensions.load_balancing_policies.maglev.v3.Maglev envoy.extensions.load_balancing_policies.random.v3.Random
envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash
envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin
envoy.extensions.load_balancing_policies.subset.v3.Subset
envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality
envoy.extensions.matching.input_matchers.ip.v3.Ip
envoy.extensions.matching.common_inputs.network.v3.ApplicationProtocolInput
envoy.extensions.matching.common_inputs.network.v3.DestinationIPInput
envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput
envoy.extensions.matching.common_inputs.network.v3.DirectSourceIPInput
envoy.extensions.matching.common_inputs.network.v3.FilterStateInput
envoy.extensions.matching.common_inputs.network.v3.ServerNameInput
envoy.extensions.matching.common_inputs.network.v3.SourceIPInput
envoy.extensions.matching.common_inputs.network.v3.SourcePortInput
envoy.extensions.matching.common_inputs.network.v3.SourceTypeInput
envoy.extensions.matching.common_inputs.network.v3.TransportProtocolInput
envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig
envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig
envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig
envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate
envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig
envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport
envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport
envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer
envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
envoy.extensions.upstreams.http.v3.HttpProtocolOptions
envoy.extensions.wasm.v3.PluginConfig
envoy.type.matcher.v3.HttpRequestHeaderMatchInput
xds.type.matcher.v3.IPMatcher xds.type.matcher.v3.CelMatcher xds.type.matcher.v3.HttpAttributesCelMatchInput
`;

export const allowedTypes: ReadonlySet<string> = new Set(names.trim().split(/\s+/).map(typeUrl));
