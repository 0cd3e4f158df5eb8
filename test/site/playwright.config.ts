import { defineConfig } from 'playwright/test';
import { browserArguments, findBrowser } from './browser.ts';

const executablePath = findBrowser();

/** Driven by run.ts, which builds and serves the course first. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // The pages of one file are shared out between the workers.
  fullyParallel: true,
  workers: 2,
  // Far beyond what anything here takes: a machine that is busy must not fail a test.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  retries: 0,
  forbidOnly: true,
  reporter: 'line',
  outputDir: '../../node_modules/.cache/playwright',
  use: {
    baseURL: process.env.MESH_LABS_SITE,
    launchOptions: { args: browserArguments, ...(executablePath !== undefined && { executablePath }) },
  },
});
