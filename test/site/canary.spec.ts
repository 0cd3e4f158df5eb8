import { expect, type Page, test } from 'playwright/test';
import { atLeast, atMost } from '../../runner/check/share/binomial.ts';
import { typical } from './pages.ts';

/** As often as this a right split is called wrong. */
const error = 1e-9;
const enough = 200;

/** What the page has counted since the slider was moved: calls that version 2 answered, and all. */
async function counted(page: Page): Promise<{ v2: number; all: number }> {
  const [, v2 = '0', all = '0'] =
    /^(\d+) of (\d+) requests/.exec((await page.locator('.measured').textContent()) ?? '') ?? [];
  return { v2: Number(v2), all: Number(all) };
}

async function measuredAt(page: Page, weight: number): Promise<{ v2: number; all: number }> {
  await page.getByRole('slider').fill(String(weight));
  await expect(page.locator('output.weight')).toHaveText(`${weight} %`);
  await expect.poll(async () => (await counted(page)).all).toBeGreaterThanOrEqual(enough);
  return counted(page);
}

test('the canary follows the slider, and rests under reduced motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(typical.start);
  expect((await measuredAt(page, 0)).v2).toBe(0);
  const full = await measuredAt(page, 100);
  expect(full.v2).toBe(full.all);
  const { v2, all } = await measuredAt(page, 30);
  const law = { n: all, p: 0.3 };
  expect(Math.min(atMost(law, v2), atLeast(law, v2)), `${v2} of ${all}`).toBeGreaterThan(error / 2);
  await expect(page.locator('.stream circle')).toHaveCount(0);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.locator('live-canary [role=status]')).toHaveText(/of \d+ requests reached version 2/);
});

test('requests travel where motion is welcome', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.goto(typical.start);
  await page.getByRole('button', { name: 'Send requests' }).click();
  await expect(page.locator('.stream circle').first()).toBeAttached({ timeout: 60_000 });
});
