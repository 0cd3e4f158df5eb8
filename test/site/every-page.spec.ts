import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from 'playwright/test';
import { pages } from './pages.ts';

/** What a page asked for elsewhere, and what the browser complained about (a refused script is a complaint). */
async function opened(page: Page, path: string): Promise<{ elsewhere: string[]; complaints: string[] }> {
  const elsewhere: string[] = [];
  const complaints: string[] = [];
  const own = new URL(test.info().project.use.baseURL ?? '').origin;
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== own) elsewhere.push(request.url());
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(path, { waitUntil: 'load' });
  return { elsewhere, complaints };
}

for (const path of pages)
  test(`${path} is accessible in both themes, asks nobody else and breaks no policy`, async ({ page }) => {
    const { elsewhere, complaints } = await opened(page, path);
    for (const theme of ['light', 'dark']) {
      await page.evaluate((name) => {
        document.documentElement.dataset.theme = name;
      }, theme);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, target }) => `${theme} ${id} ${target} ${html.slice(0, 120)}`),
      );
      expect(found).toEqual([]);
    }
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
