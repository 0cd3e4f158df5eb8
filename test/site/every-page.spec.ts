import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';
import { built, builtPages, typical } from './pages.ts';
import { test, visit } from './visitor.ts';

const KB = 1024;
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** Everything axe knows, in the theme that is on; legacy mode, because it opens a blank page for frames that the course has none of. */
async function barriers(page: Page, what: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, target }) => `${what} ${id} ${target} ${html.slice(0, 120)}`),
  );
}

const theme = (page: Page, name: string) =>
  page.evaluate((to) => {
    document.documentElement.dataset.theme = to;
  }, name);

const sizes = new Map<string, number>();
/** Bytes of a script file as gzip makes them; the course is served with brotli, which makes fewer. */
function zipped(address: string): number {
  const file = new URL(address).pathname;
  const size = sizes.get(file) ?? gzipSync(readFileSync(join(built, file))).length;
  sizes.set(file, size);
  return size;
}

for (const address of builtPages())
  test(`${address} has no barrier in either theme, asks nobody else, breaks no policy, is light`, async ({
    shared,
  }) => {
    await shared.setViewportSize(desktop);
    const { elsewhere, complaints, scripts } = await visit(shared, address);
    for (const name of ['light', 'dark']) {
      await theme(shared, name);
      expect(await barriers(shared, name)).toEqual([]);
    }
    const inline = await shared.evaluate(() =>
      [...document.scripts].filter((script) => !script.src).map((script) => script.text),
    );
    const bytes = scripts.reduce((sum, script) => sum + zipped(script), gzipSync(inline.join('\n')).length);
    expect.soft(bytes, `JavaScript: ${scripts.join(' ')}`).toBeLessThan(30 * KB);
    expect.soft(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });

for (const [name, address] of Object.entries(typical))
  test(`${name} has no barrier on a phone and is no wider than it`, async ({ shared }) => {
    await shared.setViewportSize(phone);
    await visit(shared, address);
    await theme(shared, 'light');
    expect(await barriers(shared, 'phone')).toEqual([]);
    expect(await shared.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
  });
