import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { browserArguments, findBrowser } from './browser.ts';
import { openCourse, root } from './open-course.ts';
import { builtPages, typical } from './pages.ts';

/**
 * Pictures of ten types of page, on a phone and on a desktop, light and dark: `npm run screenshots [FOLDER] [ADDRESS…]`.
 * Addresses take the place of the ten. FOLDER/lesson-phone-dark.png; the folder's default is ignored by git.
 */
const [folder = join(root, 'node_modules/.cache/screenshots'), ...addresses] = process.argv.slice(2);
const devices = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const nameOf = (address: string) => address.replace(/^\/|\/$/g, '').replaceAll('/', '-');
const wanted = addresses.length > 0 ? Object.fromEntries(addresses.map((a) => [nameOf(a), a])) : typical;

async function shoot(
  browser: Browser,
  baseURL: string,
  [device, viewport]: [string, { width: number; height: number }],
) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ baseURL, viewport, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const [name, address] of Object.entries(wanted)) {
      await page.goto(address, { waitUntil: 'networkidle' });
      await page.screenshot({ path: join(folder, `${name}-${device}-${colorScheme}.png`), fullPage: true });
    }
    await context.close();
  }
}

const course = await openCourse('screenshots');
mkdirSync(folder, { recursive: true });
const there = new Set([...builtPages(), typical.missing]);
for (const [name, address] of Object.entries(wanted))
  if (!there.has(address)) throw new Error(`${name}: the course has no page ${address}`);
const executablePath = findBrowser();
const browser = await chromium.launch({
  args: browserArguments,
  ...(executablePath !== undefined && { executablePath }),
});
for (const device of Object.entries(devices)) await shoot(browser, course.url, device);
await browser.close();
await course.close();
console.log(`${Object.keys(wanted).length * 4} pictures in ${resolve(folder)}`);
