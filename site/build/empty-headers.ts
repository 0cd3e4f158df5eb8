import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

async function correct(file: string): Promise<void> {
  const html = await readFile(file, 'utf8');
  const corrected = html.replaceAll(/<th((?:\s[^>]*)?)>\s*<\/th>/g, '<td$1></td>');
  if (corrected !== html) await writeFile(file, corrected);
}

/** A header cell without a word heads nothing (axe: empty-table-header): the corner of a Markdown table becomes an ordinary cell. */
export function noEmptyHeaders(): AstroIntegration {
  return {
    name: 'mesh-labs-no-empty-headers',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const pages = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.html'));
        await Promise.all(pages.map((name) => correct(join(root, name))));
      },
    },
  };
}
