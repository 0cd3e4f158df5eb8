import type { JsonObject } from '../../json.ts';
import { compileHeader } from '../match/header-matcher.ts';
import { number, object, objects, refuse, text, texts } from '../match/proto.ts';
import { notInterpreted } from '../match/unsupported.ts';
import type { FilterContext, LogSource } from '../types.ts';

type Wanted = (source: LogSource) => boolean;

type Report = FilterContext['report'];

/** Compiles one kind of filter from the value of its field. */
type Kind = (value: JsonObject, pointer: string, report: Report) => Wanted;

/** ComparisonFilter; the default operation is EQ (docs: config.accesslog.v3.ComparisonFilter). */
const comparison = (value: JsonObject): ((actual: number) => boolean) => {
  const setting = object(value, 'comparison') ?? {};
  const wanted = number(object(setting, 'value') ?? {}, 'defaultValue') ?? 0;
  const op = text(setting, 'op');
  if (op === 'GE') return (actual) => actual >= wanted;
  if (op === 'LE') return (actual) => actual <= wanted;
  return op === 'NE' ? (actual) => actual !== wanted : (actual) => actual === wanted;
};

const inner = (value: JsonObject, pointer: string, report: Report): Wanted[] =>
  objects(value, 'filters').map((filter, i) => compileLogFilter(filter, `${pointer}/filters/${i}`, report));

const kinds: { readonly [field: string]: Kind } = {
  statusCodeFilter(value) {
    const fits = comparison(value);
    return ({ info }) => fits(info.responseCode);
  },
  durationFilter(value) {
    const fits = comparison(value);
    return ({ info }) => info.end !== undefined && fits(Math.floor(info.end - info.start));
  },
  andFilter(value, pointer, report) {
    const all = inner(value, pointer, report);
    return (source) => all.every((wanted) => wanted(source));
  },
  orFilter(value, pointer, report) {
    const all = inner(value, pointer, report);
    return (source) => all.some((wanted) => wanted(source));
  },
  headerFilter(value, pointer) {
    const { test } = compileHeader(object(value, 'header') ?? {}, `${pointer}/header`);
    return ({ request }) => request !== undefined && test(request.headers);
  },
  // Without flags any flag will do (docs: ResponseFlagFilter.flags).
  responseFlagFilter(value) {
    const flags = new Set(texts(value, 'flags'));
    return ({ info }) => info.flags.some((flag) => flags.size === 0 || flags.has(flag));
  },
  notHealthCheckFilter: () => () => true,
};

/** envoy.config.accesslog.v3.AccessLogFilter; without one every request is logged. */
export function compileLogFilter(filter: JsonObject | undefined, pointer: string, report: Report): Wanted {
  if (!filter) return () => true;
  for (const [name, kind] of Object.entries(kinds)) {
    const value = object(filter, name);
    if (value) return kind(value, `${pointer}/${name}`, report);
  }
  const name = Object.keys(filter)[0];
  if (name === undefined) return refuse('an access log filter without a specifier', pointer);
  report(notInterpreted(`access log filter ${name} ${text(object(filter, name) ?? {}, 'name')}`, `${pointer}/${name}`));
  return () => true;
}
