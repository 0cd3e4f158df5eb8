import { distance } from 'fastest-levenshtein';

export interface PageLink {
  /** Path from the root, `/learn/mtls/`. */
  href: string;
  title: string;
}

const most = 3;
const nameOf = (path: string) => path.replace(/\/$/, '').split('/').at(-1)?.toLowerCase() ?? '';
const wordsOf = (path: string) =>
  nameOf(path)
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);

/** Pages that were probably meant by an address that leads nowhere, nearest first: their last name has nearly its letters, or one of its words. */
export function nearPages(path: string, known: readonly PageLink[]): PageLink[] {
  const wanted = nameOf(path);
  const words = new Set(wordsOf(path));
  const scored = known.flatMap((page) => {
    const name = nameOf(page.href);
    const away = distance(wanted, name) / Math.max(wanted.length, name.length, 1);
    const shared = wordsOf(page.href).filter((word) => words.has(word)).length;
    return away <= 0.4 || shared > 0 ? [{ page, score: away - shared / 2 }] : [];
  });
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, most)
    .map(({ page }) => page);
}
