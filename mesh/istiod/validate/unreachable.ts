import type { Field, Finding } from '../../kube/schema/field.ts';

/** Warnings about rules that never apply, of `http`, `tcp` or `tls` (analyzeUnreachable*Rules). */
export function unreachableFindings(routes: Field): Finding[] {
  const seen = new Map<string, string>();
  const found: Finding[] = [];
  let emptyBefore = false;
  routes.items().forEach((route, i) => {
    const matches = route.get('match').items();
    const name = nameOf(route, i);
    if (matches.length === 0) {
      if (emptyBefore) found.push(unused(route, name, 'only the last rule can have no matches'));
      emptyBefore = true;
      return;
    }
    let duplicates = 0;
    matches.forEach((match, n) => {
      const key = keyOf(match);
      const before = seen.get(key);
      if (emptyBefore) found.push(unused(route, name, 'route without matches defined before'));
      else if (before !== undefined) {
        duplicates += 1;
        found.push(ineffective(match, { rule: name, match: nameOf(match, n), before }));
      } else seen.set(key, name);
    });
    if (duplicates === matches.length) found.push(unused(route, name, 'all matches used by prior rules'));
  });
  return [...found, ...coveredPrefixes(routes)];
}

const nameOf = (field: Field, i: number) => (field.get('name').text === '' ? `#${i}` : `"${field.get('name').text}"`);

/** A rule that no request reaches, and why. */
export interface Unused {
  rule: string;
  reason: string;
}
/** A match that an earlier one covers. */
export interface Ineffective {
  rule: string;
  match: string;
  before: string;
}
/** Analysis has codes of its own for these warnings (AnalysisAwareError), and needs their parts. */
export type UnreachableFinding = Finding & { unreachable: Unused | Ineffective };

const unused = (route: Field, rule: string, reason: string): UnreachableFinding => ({
  ...route.warn(`virtualService rule ${rule} not used (${reason})`),
  unreachable: { rule, reason },
});

function ineffective(match: Field, unreachable: Ineffective): UnreachableFinding {
  const why = `duplicate/overlapping match in rule ${unreachable.before}`;
  const text = `virtualService rule ${unreachable.rule} match ${unreachable.match} is not used (${why})`;
  return { ...match.warn(text), unreachable };
}

/** A match without its name, keys sorted: equal matches have equal keys. */
function keyOf(match: Field): string {
  const plain = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([k, v]) => [k, plain(v)])
      : value;
  return JSON.stringify(
    match
      .entries()
      .filter(([k]) => k !== 'name')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, f]) => [k, plain(f.value)]),
  );
}

/** A match with a URI prefix, as coveredValidation compares them. */
interface PrefixMatch {
  field: Field;
  rule: string;
  match: string;
  prefix: string;
  port: number;
  /** Method, authority, headers …: `exact:GET`; empty when not asked for. */
  texts: Map<string, string>;
  /** How many entries each of the maps has. */
  sizes: string;
}

function coveredPrefixes(routes: Field): Finding[] {
  const all = routes.items().flatMap((route, i) =>
    route
      .get('match')
      .items()
      .flatMap((match, n) => prefixMatch(match, { rule: nameOf(route, i), match: nameOf(match, n) })),
  );
  return coveringPairs(all).map(({ earlier, later }) =>
    ineffective(later.field, {
      rule: later.rule,
      match: `${later.match} of prefix ${later.prefix}`,
      before: `${earlier.match} of prefix ${earlier.prefix} on ${earlier.rule}`,
    }),
  );
}

/** By the earlier one, then the later one. Only shorter prefixes are looked at, or thousands of rules would take minutes. */
function coveringPairs(all: readonly PrefixMatch[]): { earlier: PrefixMatch; later: PrefixMatch }[] {
  const places = new Map<string, number[]>();
  for (const [i, { prefix }] of all.entries()) {
    const same = places.get(prefix);
    if (same) same.push(i);
    else places.set(prefix, [i]);
  }
  const lengths = [...new Set([...places.keys()].map((prefix) => prefix.length))];
  const pairs = all.flatMap((later, j) =>
    lengths
      .filter((length) => length < later.prefix.length)
      .flatMap((length) => places.get(later.prefix.slice(0, length)) ?? [])
      .filter((i) => i < j)
      .flatMap((i) => {
        const earlier = all[i];
        return earlier && covers(earlier, later) ? [{ i, j, earlier, later }] : [];
      }),
  );
  return pairs.sort((a, b) => a.i - b.i || a.j - b.j);
}

const maps = ['headers', 'queryParams', 'withoutHeaders'];

function prefixMatch(match: Field, names: { rule: string; match: string }): PrefixMatch[] {
  const prefix = match.at('uri', 'prefix').text;
  if (prefix === '') return [];
  const entries = maps.flatMap((map) =>
    match
      .get(map)
      .entries()
      .map(([key, f]): [string, string] => [`${map} ${key}`, textOf(f)]),
  );
  const texts = new Map([
    ['method', textOf(match.get('method')) || 'exact:GET'],
    ['authority', textOf(match.get('authority'))],
    ...entries,
  ]);
  return [
    {
      ...names,
      field: match,
      prefix,
      port: match.get('port').number,
      texts,
      sizes: maps.map((m) => match.get(m).size).join(),
    },
  ];
}

function textOf(match: Field): string {
  const [exact, prefix] = [match.get('exact').text, match.get('prefix').text];
  return exact !== '' ? `exact:${exact}` : prefix !== '' ? `prefix:${prefix}` : '';
}

function covers(earlier: PrefixMatch, later: PrefixMatch): boolean {
  if (!later.prefix.startsWith(earlier.prefix) || earlier.port !== later.port || earlier.sizes !== later.sizes)
    return false;
  return [...earlier.texts].every(([key, value]) => {
    const other = later.texts.get(key);
    return other !== undefined && value.startsWith(other);
  });
}
