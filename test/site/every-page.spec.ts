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

/** What axe finds in the theme that is on. In legacy mode, because it opens a blank page for frames, and the course has none. */
async function barriers(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, target }) => `${id} ${target} ${html.slice(0, 120)}`),
  );
}

/** The themes differ in colours and in nothing else, so one of them is asked about everything and the other about these. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];
const theme = (page: Page, name: string) =>
  page.evaluate((to) => {
    document.documentElement.dataset.theme = to;
    return new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
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
    await theme(shared, 'light');
    expect.soft(await barriers(shared), 'light').toEqual([]);
    await theme(shared, 'dark');
    expect.soft(await barriers(shared, rulesOfColour), 'dark').toEqual([]);
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
    await theme(shared, 'dark');
    expect.soft(await barriers(shared)).toEqual([]);
    expect(await shared.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(phone.width);
  });
