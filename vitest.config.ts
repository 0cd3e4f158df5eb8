import { defineConfig } from 'vitest/config';
import { CountingReporter } from './test/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['{mesh,runner,test}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    // Two cores: more workers than cores only disturb each other.
    maxWorkers: 2,
    reporters: ['default', new CountingReporter()],
  },
});
