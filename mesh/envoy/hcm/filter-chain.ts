import type { JsonObject } from '../../json.ts';
import { notInterpreted } from '../match/unsupported.ts';
import { flag, object, objects, text, typeOf } from '../runtime/proto.ts';
import type { CompiledRoute, FilterContext, HttpFilter, HttpFilterFactory } from '../types.ts';

/** HTTP filters by message name of their configuration. */
export type FilterRegistry = ReadonlyMap<string, HttpFilterFactory>;

/** Filters without effect on what is simulated, or done elsewhere: the router, and istio.alpn (hcm/config.ts). */
const transparent = new Set([
  'envoy.extensions.filters.http.router.v3.Router',
  'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig',
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
  'io.istio.http.peer_metadata.Config',
  'stats.PluginConfig',
]);

/** In place of a filter's configuration for the route: the filter is off there. */
export const disabled: unique symbol = Symbol('disabled');

export interface ChainCompiling {
  registry: FilterRegistry;
  context: FilterContext;
  statPrefix: string;
  /** JSON pointer of the connection manager. */
  pointer: string;
}

interface Link {
  filter: HttpFilter;
  offByDefault: boolean;
  compilePerRoute: ((config: JsonObject) => unknown) | undefined;
}

/** The HTTP filters of one connection manager, with their settings per route compiled at first use. */
export class FilterChain {
  readonly filters: readonly HttpFilter[];
  readonly pointers: readonly string[];
  readonly #links: readonly Link[];
  readonly #known = new Map<CompiledRoute, unknown[][]>();
  readonly #withoutRoute: unknown[];

  constructor(config: JsonObject, compiling: ChainCompiling) {
    const compiled = objects(config, 'httpFilters').flatMap((f, i) => {
      const pointer = `${compiling.pointer}/httpFilters/${i}`;
      const link = compile(f, { ...compiling, pointer });
      return link ? [{ link, pointer }] : [];
    });
    this.#links = compiled.map((c) => c.link);
    this.pointers = compiled.map((c) => c.pointer);
    this.filters = this.#links.map((l) => l.filter);
    this.#withoutRoute = this.#links.map((l) => (l.offByDefault ? disabled : undefined));
  }

  /** One setting per filter: `disabled`, what compilePerRoute made, or undefined. */
  perRoute(route: CompiledRoute | undefined, weightedCluster: number): readonly unknown[] {
    if (!route || this.#links.length === 0) return this.#withoutRoute;
    let known = this.#known.get(route);
    if (!known) {
      known = [];
      this.#known.set(route, known);
    }
    let settings = known[weightedCluster + 1];
    if (!settings) {
      settings = this.#links.map((link) => this.#setting(link, route, weightedCluster));
      known[weightedCluster + 1] = settings;
    }
    return settings;
  }

  #setting({ filter, offByDefault, compilePerRoute }: Link, route: CompiledRoute, weightedCluster: number): unknown {
    const per = route.perFilter(filter.name, weightedCluster);
    if (per?.disabled) return disabled;
    if (!per) return offByDefault ? disabled : undefined;
    return compilePerRoute ? compilePerRoute(per.config) : per.config;
  }
}

function compile(config: JsonObject, compiling: ChainCompiling): Link | undefined {
  const typed = object(config, 'typedConfig');
  const type = typeOf(typed);
  const factory = compiling.registry.get(type);
  const { context, statPrefix, pointer } = compiling;
  if (!factory) {
    if (!transparent.has(type))
      context.report(notInterpreted(`HTTP filter ${text(config, 'name')} (${type})`, pointer));
    return undefined;
  }
  const setting = { name: text(config, 'name'), statPrefix, context, pointer };
  return {
    filter: factory.compile(typed, setting),
    offByDefault: flag(config, 'disabled'),
    compilePerRoute: factory.compilePerRoute && ((per) => factory.compilePerRoute?.(per, setting)),
  };
}
