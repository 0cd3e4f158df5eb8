import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { typical } from './pages.ts';

/** What a reader does, with the pointer; keyboard.spec.ts does the same without one. */
const { lesson, lab, catalogue, map } = typical;
const said = (page: Page) => page.locator('mesh-progress .said');

async function answerFirst(page: Page): Promise<void> {
  const question = page.locator('[data-question]').first();
  await question.locator('label[data-right] input').check();
  await expect(question.locator('label[data-right] .because')).toBeVisible();
  await expect(question.locator('label:not([data-right]) .because').first()).toBeHidden();
}

test('finds a lesson by search', async ({ page }) => {
  await page.goto(map);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByLabel('Search the course').fill('splitting');
  await expect(page.getByRole('status').filter({ hasText: /\d+ pages? on “splitting”/ })).toBeVisible();
  await page.locator('mesh-search').getByRole('link', { name: 'Splitting traffic', exact: true }).first().click();
  await expect(page).toHaveURL(new RegExp(`${lesson}(#.*)?$`));
});

test('says that a search found nothing (Pagefind takes the longest beginning that it knows: no letter may be Latin)', async ({
  page,
}) => {
  await page.goto(map);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByLabel('Search the course').fill('ωωω');
  await expect(page.getByText('Nothing on “ωωω”.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('keeps the theme and the tab over pages', async ({ page }) => {
  await page.goto(lesson);
  await page.locator('header').getByLabel('Select theme').selectOption('dark');
  await page.getByRole('tab', { name: 'Ambient' }).first().click();
  await page.goto('/learn/why-a-mesh/');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('tab', { name: 'Ambient' }).first()).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('tab', { name: 'Sidecar' }).first()).toHaveAttribute('aria-selected', 'false');
});

test('progress survives a reload, and travels as a file', async ({ page, browser, baseURL }) => {
  await page.goto(lesson);
  await answerFirst(page);
  await page.getByLabel('I have finished this lesson').check();
  await page.reload();
  await expect(page.getByLabel('I have finished this lesson')).toBeChecked();
  await page.goto(map);
  await expect(said(page)).toHaveText(/^1 of \d+ lessons finished, 1 questions? answered right\.$/);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const text = await readFile(await (await saved).path(), 'utf8');

  const other = await browser.newContext({ baseURL });
  const there = await other.newPage();
  await there.goto(map);
  await expect(said(there)).toHaveText(/^0 of /);
  const file = (content: string) => ({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(content) });
  await there.getByLabel('Read a file').setInputFiles(file('{"lessons": 1}'));
  await expect(said(there)).toHaveText(/^0 of .*not a progress file/);
  await there.getByLabel('Read a file').setInputFiles(file(text));
  await expect(said(there)).toHaveText(/^1 of .* 1 questions? answered right\. The file was added\.$/);
  await there.reload();
  await expect(there.locator('[data-lesson="splitting-traffic"]')).toHaveClass(/finished/);
  await other.close();
});

test('opens a claim', async ({ page }) => {
  await page.goto(lesson);
  const claim = page.locator('.claim.proved').first();
  await expect(claim.getByText(/^By /)).toBeHidden();
  await claim.getByText('Proved', { exact: true }).click();
  await expect(claim.getByText(/^By /)).toBeVisible();
});

test('filters the catalogue', async ({ page }) => {
  await page.goto(catalogue);
  const rows = page.locator('tbody tr:visible');
  const all = await rows.count();
  await page.getByLabel('Filter').fill('virtualservice');
  await expect(page.locator('#virtual-service')).toBeVisible();
  await expect(page.locator('#destination-rule')).toBeHidden();
  const some = await rows.count();
  expect(some).toBeLessThan(all);
  await expect(page.locator('kind-filter output')).toHaveText(`${some} of ${all}`);
  await page.reload();
  await expect(rows).toHaveCount(some);
  await rows.getByRole('link', { name: 'VirtualService', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('VirtualService');
});

test('follows a lab', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(lab);
  const task = page.locator('.expressive-code').first();
  await task.hover();
  await task.getByRole('button').click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('npx mesh-labs run canary --prove');
  for (const name of ['Hint 1', 'virtual-service']) {
    const fold = page.locator('details.fold', { has: page.locator('summary', { hasText: name }) }).first();
    const inside = fold.locator('> :not(summary)').first();
    await expect(inside).toBeHidden();
    await fold.locator('summary').click();
    await expect(inside).toBeVisible();
  }
});

for (const [address, id] of [
  [lesson, 'the-trap'],
  [lab, 'check-split'],
  [lab, 'mutant-swapped'],
  [catalogue, 'virtual-service'],
])
  test(`${address}#${id} leads to its place, below the header`, async ({ page }) => {
    await page.goto(`${address}#${id}`);
    const place = page.locator(`[id="${id}"]`);
    await expect(place).toBeInViewport();
    const header = await page.locator('header.header').boundingBox();
    expect((await place.boundingBox())?.y).toBeGreaterThanOrEqual(header?.height ?? 0);
  });

test('a wrong address is answered with what was probably meant', async ({ page }) => {
  const answer = await page.goto('/learn/spliting-traffic/');
  expect(answer?.status()).toBe(404);
  await page.locator('mesh-missing').getByRole('link', { name: 'Splitting traffic' }).click();
  await expect(page).toHaveURL(new RegExp(`${lesson}$`));
});
