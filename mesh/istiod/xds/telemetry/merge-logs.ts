import { isOfMode, type LoggingRule, providerNames, type WorkloadMode } from '../../model/telemetry.ts';

/** What is logged by one provider. */
export interface LoggingSpec {
  disabled: boolean;
  /** A CEL expression; undefined: everything is logged. */
  filter: string | undefined;
  /** The rule that decided. */
  rule?: LoggingRule;
}

/**
 * Access logs by provider: each Telemetry may name other providers than the wider ones, and then only those count; what names
 * none is about the providers named before it (mergeLogs in istio pilot/pkg/model/telemetry.go).
 */
export function mergeLogs(
  levels: readonly (readonly LoggingRule[])[],
  defaults: readonly string[],
  mode: WorkloadMode,
): Map<string, LoggingSpec> {
  const out = new Map<string, LoggingSpec>();
  if (levels.length === 0) {
    for (const name of defaults) out.set(name, { disabled: false, filter: undefined });
    return out;
  }
  const { inScope, filters } = scopeOf(levels, defaults, mode);
  let parents = defaults;
  for (const rule of levels.flat()) {
    const own = providerNames(rule);
    const names = own.length > 0 ? own : parents;
    parents = names;
    if (!isOfMode(rule, mode)) continue;
    for (const name of names)
      if (inScope.has(name))
        out.set(name, rule.disabled ? { disabled: true, filter: undefined, rule } : (filters.get(name) ?? plain(rule)));
  }
  return out;
}

const plain = (rule: LoggingRule): LoggingSpec => ({ disabled: false, filter: undefined, rule });

/** The providers of the narrowest level that names any, and for each the filter that was named last with it. */
function scopeOf(
  levels: readonly (readonly LoggingRule[])[],
  defaults: readonly string[],
  mode: WorkloadMode,
): { inScope: ReadonlySet<string>; filters: ReadonlyMap<string, LoggingSpec> } {
  let inScope = new Set(defaults);
  const filters = new Map<string, LoggingSpec>();
  for (const level of levels) {
    const names = new Set<string>();
    for (const rule of level) {
      if (!isOfMode(rule, mode)) continue;
      for (const name of providerNames(rule)) {
        names.add(name);
        // A filter without expression lets everything through, but it is there.
        filters.set(name, { disabled: false, filter: rule.filter && (rule.filter.expression ?? ''), rule });
      }
    }
    if (names.size > 0) inScope = names;
  }
  return { inScope, filters };
}
