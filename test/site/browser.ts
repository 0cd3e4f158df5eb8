import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser that tests drive: MESH_LABS_BROWSER, playwright's own, else the first Chromium on PATH. Undefined when there is none. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [env.MESH_LABS_BROWSER, chromium.executablePath(), ...onPath].find((file) => file && existsSync(file));
}

/** Chromium refuses to run its sandbox for root, as in containers. */
export const browserArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
