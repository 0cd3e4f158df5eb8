/** Principals of one's own trust domain hold in its aliases too (istio pilot/pkg/security/trustdomain/bundle.go). */
export const withAliases = (principals: readonly string[], domains: readonly string[]): string[] =>
  principals.flatMap((principal) => {
    const [domain = '', ...path] = principal.split('/');
    if (path.length !== 4 || domain === '*') return [principal];
    if (domain !== 'cluster.local' && !domains.some((known) => overlaps(domain, known))) return [principal];
    return [...new Set(domains.map((own) => (endsLike(own, domain) ? principal : [own, ...path].join('/'))))];
  });

/** A name of the mesh's trust domains stands for all of them. */
export const expandDomains = (values: readonly string[], domains: readonly string[]): string[] => [
  ...new Set(values.flatMap((value) => (domains.includes(value) ? domains : [value]))),
];

const startsLike = (text: string, pattern: string): boolean =>
  pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1));
const endsLike = (text: string, pattern: string): boolean => pattern.startsWith('*') && text.endsWith(pattern.slice(1));

/** Either may be the pattern. */
const overlaps = (a: string, b: string): boolean =>
  a === b || b === '*' || startsLike(a, b) || startsLike(b, a) || endsLike(a, b) || endsLike(b, a);
