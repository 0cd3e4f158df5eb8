import { expect, type Locator, type Page, test } from 'playwright/test';
import { typical } from './pages.ts';

/** Tab, until it is there; a reader who needs more stops than this gives up. */
async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
  for (let stop = 0; stop < most; stop++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is not among the next ${most} stops of the Tab key`);
}

const ringed = (target: Locator) =>
  expect.poll(() => target.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none');

test('a whole journey by keyboard alone', async ({ page }) => {
  await page.goto(typical.map);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true);

  // Search: / opens, the words are typed, the arrow goes to the first result.
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search the course')).toBeFocused();
  await page.keyboard.type('splitting traffic');
  const result = page.locator('mesh-search ol a').first();
  await expect(result).toHaveText('Splitting traffic');
  await page.keyboard.press('ArrowDown');
  await expect(result).toBeFocused();
  await ringed(result);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/learn\/splitting-traffic\//);

  // Sidebar, tabs, a claim, a question.
  await tabTo(page, page.locator('.sidebar-content a[aria-current=page]'));
  const tab = page.getByRole('tab', { name: 'Istio API' }).first();
  await tabTo(page, tab);
  await ringed(tab);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Gateway API' }).first()).toBeFocused();
  await expect(page.getByText('http-route.yaml').first()).toBeVisible();
  const claim = page.locator('.claim summary').first();
  await tabTo(page, claim);
  await page.keyboard.press('Enter');
  await expect(page.locator('.claim details').first()).toHaveAttribute('open', '');
  const answer = page.locator('[data-question] input').first();
  await tabTo(page, answer, 90);
  await page.keyboard.press('Space');
  await expect(page.locator('[data-question] .because').first()).toBeVisible();
  const finished = page.getByLabel('I have finished this lesson');
  await tabTo(page, finished);
  await page.keyboard.press('Space');
  await expect(finished).toBeChecked();
});

test('Ctrl K opens and closes the search, and focus comes back', async ({ page }) => {
  await page.goto(typical.lesson);
  await page.getByRole('button', { name: 'Search' }).focus();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Search' })).toBeFocused();
});

test('the slider of the start page moves by arrows', async ({ page }) => {
  await page.goto(typical.start);
  await tabTo(page, page.getByRole('slider'));
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('output.weight')).toHaveText('35 %');
});
