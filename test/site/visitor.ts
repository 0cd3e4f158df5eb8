import { test as base, expect, type Page } from 'playwright/test';

/** What a page asked for, and what the browser complained about (a refused script or style is a complaint). */
export interface Visit {
  page: Page;
  /** Requests to anybody but the course's own server. */
  elsewhere: string[];
  complaints: string[];
  /** Addresses of the scripts that were loaded. */
  scripts: string[];
}

const settled = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve), { timeout: 2000 })));

/** Opens a page and waits until what it loads when idle has been loaded. Leaves the listeners on until the page goes elsewhere. */
export async function visit(page: Page, address: string): Promise<Visit> {
  const seen: Visit = { page, elsewhere: [], complaints: [], scripts: [] };
  page.removeAllListeners();
  const own = new URL(test.info().project.use.baseURL ?? '').origin;
  let pending = 0;
  page.on('request', (request) => {
    pending++;
    if (new URL(request.url()).origin !== own) seen.elsewhere.push(request.url());
    if (request.resourceType() === 'script') seen.scripts.push(request.url());
  });
  page.on('requestfinished', () => pending--);
  page.on('requestfailed', () => pending--);
  page.on('console', (message) => message.type() === 'error' && seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(error.message));
  await page.goto(address, { waitUntil: 'load' });
  await settled(page);
  await expect.poll(() => pending).toBe(0);
  return seen;
}

/** One page for all tests of a worker: opening a context costs more than a visit. For tests that leave nothing behind. */
export const test = base.extend<object, { shared: Page }>({
  shared: [
    async ({ browser }, use, { project }) => {
      const context = await browser.newContext({ baseURL: project.use.baseURL, reducedMotion: 'reduce' });
      await use(await context.newPage());
      await context.close();
    },
    { scope: 'worker' },
  ],
});
