/** What Pagefind tells of one page that was found. */
export interface SearchResult {
  url: string;
  meta: { title?: string };
  /** HTML of the page's own text, escaped by Pagefind, with the words in `mark`. */
  excerpt: string;
  sub_results: { title: string; url: string }[];
}

const places = 3;

function link(title: string, url: string): HTMLAnchorElement {
  return Object.assign(document.createElement('a'), { href: url, textContent: title });
}

function list(items: readonly HTMLElement[]): HTMLUListElement {
  const ul = Object.assign(document.createElement('ul'), { className: 'places' });
  for (const item of items) {
    const li = document.createElement('li');
    li.append(item);
    ul.append(li);
  }
  return ul;
}

/** A found page as a list item: its title, where the words stand, and the headings they stand under. */
export function hit({ url, meta, excerpt, sub_results }: SearchResult): HTMLLIElement {
  const item = Object.assign(document.createElement('li'), { className: 'hit' });
  const text = Object.assign(document.createElement('p'), { innerHTML: excerpt });
  const below = sub_results.filter((sub) => sub.url !== url && sub.title !== meta.title).slice(0, places);
  item.append(link(meta.title ?? url, url), text);
  if (below.length > 0) item.append(list(below.map((sub) => link(sub.title, sub.url))));
  return item;
}
