import { isObject, type Json, type JsonObject, objects } from '../../../json.ts';
import { durationText, parseDuration } from '../../model/duration.ts';
import { outboundKey } from '../../model/subset-key.ts';
import { flag, some, text, typed } from '../any.ts';
import type { ProxyContext } from '../context.ts';
import { lookup } from '../rbac/ext-authz.ts';
import { otelServiceName, serviceCluster } from './service-name.ts';

/** The tracer of a provider, and what goes with it. */
export interface Tracer {
  provider: JsonObject;
  /** The tracer decides itself what is sampled. */
  samples: boolean;
  /** Requests to upstreams get spans of their own. */
  childSpans: boolean;
  maxTagLength: number;
}

interface Collector {
  host: string;
  cluster: string;
}

type Build = (context: ProxyContext, config: JsonObject, collector: Collector) => Omit<Tracer, 'maxTagLength'> | string;

/** Tracers by the kind of their provider (configureFromProviderConfig in istio pilot/pkg/networking/core/tracing.go). */
const kinds: { [field: string]: Build } = { zipkin, datadog, skywalking, opentelemetry };

/** A text says why there is none. */
export function tracerOf(context: ProxyContext, provider: JsonObject): Tracer | string {
  for (const [field, build] of Object.entries(kinds)) {
    const config = provider[field];
    if (!isObject(config)) continue;
    const collector = collectorOf(context, config);
    const built = typeof collector === 'string' ? collector : build(context, config, collector);
    if (typeof built === 'string') return built;
    return { ...built, maxTagLength: field === 'skywalking' ? 0 : Number(config.maxTagLength ?? 0) };
  }
  return 'it does not trace';
}

function collectorOf({ snapshot }: ProxyContext, { service, port }: JsonObject): Collector | string {
  const host = lookup(snapshot, textOf(service));
  if (host === undefined) return `there is no one service ${textOf(service) || '(empty)'}`;
  return { host, cluster: outboundKey(Number(port ?? 0), '', host) };
}

const tracer = (name: string, type: string, config: JsonObject): Omit<Tracer, 'maxTagLength'> => ({
  provider: { name: `envoy.tracers.${name}`, typedConfig: typed(`envoy.config.trace.v3.${type}`, config) },
  samples: false,
  childSpans: false,
});

function zipkin(_: ProxyContext, config: JsonObject, { host, cluster }: Collector): Omit<Tracer, 'maxTagLength'> {
  const path = textOf(config.path) || '/api/v2/spans';
  return tracer('zipkin', 'ZipkinConfig', {
    collectorEndpointVersion: 'HTTP_JSON',
    collectorService: {
      httpUri: { cluster, timeout: timeoutOf(config) ?? '5s', uri: `http://${host}${path}` },
      requestHeadersToAdd: headers(config),
    },
    sharedSpanContext: false,
    traceContextOption:
      config.traceContextOption === 'USE_B3_WITH_W3C_PROPAGATION' ? 'USE_B3_WITH_W3C_PROPAGATION' : undefined,
    traceId128bit: flag(config.enable64bitTraceId !== true),
  });
}

function datadog(context: ProxyContext, _: JsonObject, { host, cluster }: Collector): Omit<Tracer, 'maxTagLength'> {
  const serviceName = serviceCluster(context.proxy);
  return tracer('datadog', 'DatadogConfig', { collectorCluster: cluster, collectorHostname: host, serviceName });
}

function skywalking(_: ProxyContext, __: JsonObject, collector: Collector): Omit<Tracer, 'maxTagLength'> {
  return { ...tracer('skywalking', 'SkyWalkingConfig', { grpcService: grpcTo(collector) }), childSpans: true };
}

const grpcTo = ({ host, cluster }: Collector): JsonObject => ({
  envoyGrpc: { authority: host, clusterName: cluster },
});

function opentelemetry(
  context: ProxyContext,
  config: JsonObject,
  collector: Collector,
): Omit<Tracer, 'maxTagLength'> | string {
  const conventions = config.serviceAttributeEnrichment === 'OTEL_SEMANTIC_CONVENTIONS';
  const sampler = isObject(config.dynatraceSampler) ? dynatrace(context, config, collector) : undefined;
  if (typeof sampler === 'string') return sampler;
  const built = tracer('opentelemetry', 'OpenTelemetryConfig', {
    ...exporter(config, collector),
    resourceDetectors: some(detectors(config, conventions)),
    sampler,
    serviceName: text(conventions ? otelServiceName(context) : serviceCluster(context.proxy)),
  });
  return { ...built, samples: sampler !== undefined };
}

/** Spans go over HTTP where the provider says how, else over gRPC. */
function exporter(config: JsonObject, collector: Collector): JsonObject {
  if (isObject(config.http))
    return { httpService: httpService({ ...collector, http: config.http, path: textOf(config.http.path) }) };
  const grpc = isObject(config.grpc) ? config.grpc : {};
  const initialMetadata = objects(grpc.initialMetadata).map(headerValue);
  return {
    grpcService: { ...grpcTo(collector), initialMetadata: some(initialMetadata), timeout: timeoutOf(grpc) },
  };
}

const httpService = (of: Collector & { http: JsonObject; path: string }): JsonObject => ({
  httpUri: { cluster: of.cluster, timeout: timeoutOf(of.http), uri: joined(of.host, of.path) },
  requestHeadersToAdd: headers(of.http),
});

/** Go's url.JoinPath for a host and a path. */
const joined = (host: string, path: string): string => {
  const parts = path.split('/').filter(Boolean);
  return parts.length === 0 ? host : `${host}/${parts.join('/')}${path.endsWith('/') ? '/' : ''}`;
};

function detectors(config: JsonObject, conventions: boolean): JsonObject[] {
  const wanted = isObject(config.resourceDetectors) ? config.resourceDetectors : {};
  const detector = (name: string, type: string): JsonObject => ({
    name: `envoy.tracers.opentelemetry.resource_detectors.${name}`,
    typedConfig: typed(`envoy.extensions.tracers.opentelemetry.resource_detectors.v3.${type}`),
  });
  const environment = detector('environment', 'EnvironmentResourceDetectorConfig');
  return [
    ...(wanted.environment ? [environment] : []),
    ...(wanted.dynatrace ? [detector('dynatrace', 'DynatraceResourceDetectorConfig')] : []),
    ...(conventions && !wanted.environment ? [environment] : []),
  ];
}

/** The sampler asks the exporter's service, or one of its own. */
function dynatrace(context: ProxyContext, config: JsonObject, collector: Collector): JsonObject | string {
  const sampler = isObject(config.dynatraceSampler) ? config.dynatraceSampler : {};
  const own = isObject(sampler.httpService) ? sampler.httpService : undefined;
  const http = own ? own.http : config.http;
  if (!isObject(http)) return 'the Dynatrace sampler needs httpService, or the exporter http';
  const target = own ? collectorOf(context, own) : collector;
  if (typeof target === 'string') return target;
  const path = own ? textOf(http.path) : 'api/v2/samplingConfiguration';
  return {
    name: 'envoy.tracers.opentelemetry.samplers.dynatrace',
    typedConfig: typed('envoy.extensions.tracers.opentelemetry.samplers.v3.DynatraceSamplerConfig', {
      clusterId: Number(sampler.clusterId ?? 0) || undefined,
      httpService: httpService({ ...target, http, path }),
      rootSpansPerMinute: Number(sampler.rootSpansPerMinute ?? 0) || undefined,
      tenant: text(textOf(sampler.tenant)),
    }),
  };
}

/** Values of istiod's own environment are not known here, so they are empty as for a variable that is not set. */
const headerValue = (header: JsonObject): JsonObject => ({
  key: text(textOf(header.name)),
  value: text(textOf(header.value)),
});
const headers = (of: JsonObject): JsonObject[] | undefined =>
  some(
    objects(of.headers).map((header) => ({
      appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD',
      header: headerValue(header),
    })),
  );

const timeoutOf = ({ timeout }: JsonObject): string | undefined =>
  typeof timeout === 'string' ? durationText(parseDuration(timeout)) : undefined;
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
