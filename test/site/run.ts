import { join } from 'node:path';
import { $ } from 'zx';
import { serveSite } from '../../runner/cli/serve-site.ts';
import { findBrowser } from './browser.ts';

/**
 * The tests of the course in a real browser: builds it, serves it as `mesh-labs site` does, drives it with playwright.
 * Without a browser they are skipped and counted; MESH_LABS_REQUIRE=browser makes that a failure.
 */
const root = join(import.meta.dirname, '../..');
const required = (process.env.MESH_LABS_REQUIRE ?? '').split(',').includes('browser');
const quiet = $({ cwd: root, stdio: 'inherit', nothrow: true });

if (findBrowser() === undefined) {
  console.log('site: skipped, there is no Chromium (MESH_LABS_BROWSER, PATH, or: npx playwright install chromium)');
  process.exit(required ? 1 : 0);
}
const { exitCode: built } = await quiet`npm run --silent build:site`;
if (built !== 0) process.exit(1);
const site = await serveSite(join(root, 'dist/site'), 0);
const env = { ...process.env, MESH_LABS_SITE: site.url };
const { exitCode } = await quiet({ env })`playwright test -c test/site/playwright.config.ts ${process.argv.slice(2)}`;
await site.close();
process.exitCode = exitCode ?? 1;
