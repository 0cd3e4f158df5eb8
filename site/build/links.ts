import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

export interface BrokenLink {
  page: string;
  href: string;
  why: string;
}

const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`, 'g');
const valuesOf = (html: string, name: string) =>
  [...html.matchAll(attribute(name))].map((m) => (m[1] ?? '').replaceAll('&amp;', '&'));

/**
 * Links and anchors that lead nowhere, over all files of a built site.
 *
 * @param pages text of each HTML file by its path from the root
 * @param files every file's path from the root
 */
export function brokenLinks(pages: ReadonlyMap<string, string>, files: ReadonlySet<string>): BrokenLink[] {
  const ids = new Map([...pages].map(([page, html]) => [page, new Set(valuesOf(html, 'id'))]));
  return [...pages].flatMap(([page, html]) =>
    [...new Set([...valuesOf(html, 'href'), ...valuesOf(html, 'src')])].flatMap((href) => {
      const why = whyBroken(href, { page, ids, files });
      return why === undefined ? [] : [{ page, href, why }];
    }),
  );
}

interface Site {
  page: string;
  ids: ReadonlyMap<string, ReadonlySet<string>>;
  files: ReadonlySet<string>;
}

function whyBroken(href: string, { page, ids, files }: Site): string | undefined {
  if (/^(https?:|mailto:|data:)/.test(href)) return undefined;
  const [path = '', fragment] = href.split('#', 2);
  const absolute = path.startsWith('/') ? path : posix.join('/', dirname(page), path);
  const target = path === '' ? page : fileOf(absolute.replace(/\?.*$/, ''));
  if (!files.has(target)) return 'there is no such page';
  const there = fragment && ids.get(target);
  return there && !there.has(decodeURIComponent(fragment)) ? 'the page has no such anchor' : undefined;
}

const fileOf = (path: string) => (path.endsWith('/') ? `${path}index.html` : path).slice(1);

/** Fails the build for a link or an anchor that leads nowhere. */
export function checkedLinks(): AstroIntegration {
  return {
    name: 'mesh-labs-checked-links',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const root = fileURLToPath(dir);
        const files = await readdir(root, { recursive: true });
        const html = files.filter((name) => name.endsWith('.html'));
        const read = async (name: string) => [name, await readFile(join(root, name), 'utf8')] as const;
        const broken = brokenLinks(new Map(await Promise.all(html.map(read))), new Set(files));
        for (const { page, href, why } of broken) logger.error(`${page}: ${href}: ${why}`);
        if (broken.length > 0) throw new Error(`${broken.length} links lead nowhere`);
        logger.info(`${html.length} pages, 0 broken links and anchors`);
      },
    },
  };
}
