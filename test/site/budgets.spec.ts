import { expect, test } from 'playwright/test';
import { pages } from './pages.ts';

const KB = 1024;

/** Bytes of JavaScript that travel for a page: files as they are served (compressed), and inline scripts. */
for (const path of pages.filter((p) => /^\/(learn|labs|reference|myths)\//.test(p)))
  test(`${path} travels with at most 30 KB of JavaScript`, async ({ page }) => {
    const sizes: { [url: string]: number } = {};
    page.on('requestfinished', async (request) => {
      if (request.resourceType() === 'script') sizes[request.url()] = (await request.sizes()).responseBodySize;
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    const inline = await page.evaluate(async () => {
      const texts = [...document.scripts].filter((script) => !script.src).map((script) => script.text);
      const zipped = new Blob([texts.join('\n')]).stream().pipeThrough(new CompressionStream('gzip'));
      return (await new Response(zipped).arrayBuffer()).byteLength;
    });
    const bytes = Object.values(sizes).reduce((sum, size) => sum + size, inline);
    expect(bytes, JSON.stringify(sizes)).toBeLessThan(30 * KB);
  });
