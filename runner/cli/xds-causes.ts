import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import type { Json } from '../../mesh/json.ts';
import { type LocatedOrigin, nameOf, type Sources } from '../lab/sources.ts';
import { whereText } from '../report/problem.ts';
import { describePart } from './xds-part.ts';

/** For each row of tables (a JSON pointer) the lines that tell what caused it, from the outside inwards. */
export class Causes {
  readonly #config: XdsConfig;
  readonly #sources: Sources;
  readonly #byRow: Map<string, string[]>;

  constructor(config: XdsConfig, sources: Sources, rows: readonly string[]) {
    this.#config = config;
    this.#sources = sources;
    const { origins } = config;
    this.#byRow = new Map(rows.map((at) => [at, around(at).filter((p) => origins.has(p))]));
    for (const pointer of origins.keys()) {
      const row = [pointer, ...around(pointer).reverse()].find((p) => this.#byRow.has(p));
      if (row !== undefined) this.#byRow.get(row)?.push(pointer);
    }
  }

  /** `columns` of the terminal, if it is one. */
  lines(row: string, columns: number | undefined): string[] {
    const parts = new Map<string, { origin: LocatedOrigin; names: string[] }>();
    for (const pointer of this.#byRow.get(row) ?? []) {
      const found = this.#config.origins.get(pointer);
      if (!found) continue;
      const key = `${nameOf(found)} ${found.field ?? ''}`;
      const known = parts.get(key) ?? { origin: this.#sources.locate(found), names: [] };
      parts.set(key, known);
      known.names.push(nameOfPart(this.#config, pointer, row));
    }
    return [...parts.values()].flatMap((part) => linesOf(part, columns));
  }
}

/** Wholes that a pointer lies in, from the outermost; not the lists of a type, because each row would repeat them. */
function around(pointer: string): string[] {
  const parts = pointer.split('/');
  return parts.map((_, i) => parts.slice(0, i).join('/')).slice(3);
}

const words: { [list: string]: string } = {
  listeners: 'listener',
  filterChains: 'filter chain',
  defaultFilterChain: 'filter chain',
  routes: 'route',
  virtualHosts: 'virtual host',
  clusters: 'cluster',
  endpoints: 'endpoints',
  lbEndpoints: 'endpoint',
};

/** The row and what is around it by their kind, parts inside of it by the way to them, and by their value if that is short. */
function nameOfPart(config: XdsConfig, pointer: string, row: string): string {
  if (pointer === row || !pointer.startsWith(`${row}/`)) {
    const last = pointer.split('/').findLast((part) => !/^\d+$/.test(part)) ?? '';
    return words[last] ?? last;
  }
  const root = config as unknown as Json;
  const { name, value } = describePart(root, pointer);
  // The names of RBAC policies repeat which rule they come from.
  const inner = name.slice(describePart(root, row).name.length).replace(/^\.|\.policies\["ns\[.*/g, '');
  return typeof value === 'string' || typeof value === 'number' ? `${inner} ${value}` : inner;
}

/** One line, or two where it is wider than the terminal. */
function linesOf(
  { origin, names }: { origin: LocatedOrigin; names: readonly string[] },
  columns: number | undefined,
): string[] {
  const { file, line, column, field } = origin;
  const cause = `<- ${nameOf(origin)}${field === undefined ? '' : ` ${field}`}`;
  const place = whereText({ file, line, column });
  const told = `    ${[...new Set(names)].join(', ')} `;
  const whole = `${told}${cause}${place && `  ${place}`}`;
  if (columns === undefined || whole.length <= columns) return [whole];
  if (told.length + cause.length <= columns) return [told + cause, `       ${place}`];
  return [told.trimEnd(), `      ${cause}`, ...(place ? [`         ${place}`] : [])];
}
