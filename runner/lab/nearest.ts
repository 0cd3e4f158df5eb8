import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant: the nearest one, if it is near (a third of its letters, at least two). */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), best.toLowerCase()) <= Math.max(2, Math.floor(best.length / 3))
    ? best
    : undefined;
}

/** "Did you mean `x`?", else the known names. */
export function suggestion(name: string, known: readonly string[]): string {
  const best = nearest(name, known);
  if (best !== undefined) return `Did you mean \`${best}\`?`;
  return known.length > 0 ? `Known here: ${[...known].sort().join(', ')}.` : 'None is defined.';
}
