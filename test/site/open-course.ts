import { join } from 'node:path';
import { $ } from 'zx';
import { type Served, serveSite } from '../../runner/cli/serve-site.ts';
import { findBrowser } from './browser.ts';
import { built } from './pages.ts';

export const root = join(import.meta.dirname, '../..');
const required = (process.env.MESH_LABS_REQUIRE ?? '').split(',').includes('browser');

/**
 * Builds the course and serves it as `mesh-labs site` does, for a tool that drives a browser; MESH_LABS_BUILT names a folder that is built already.
 * Ends the process when there is no browser (0, or 1 under MESH_LABS_REQUIRE=browser) and when the build fails (1).
 */
export async function openCourse(tool: string): Promise<Served> {
  if (findBrowser() === undefined) {
    console.log(
      `${tool}: skipped, there is no Chromium (MESH_LABS_BROWSER, PATH, or: npx playwright install chromium)`,
    );
    process.exit(required ? 1 : 0);
  }
  if (process.env.MESH_LABS_BUILT === undefined) {
    const { exitCode } = await $({ cwd: root, stdio: 'inherit', nothrow: true })`npm run --silent build:site`;
    if (exitCode !== 0) process.exit(1);
  }
  return serveSite(built, 0);
}
