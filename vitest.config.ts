import { defineConfig } from 'vitest/config';
import { CountingReporter } from './test/support/reporter.ts';

export default defineConfig({
  test: {
    include: ['{mesh,runner,site,test}/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A machine that is busy with other things is slow, not wrong.
    testTimeout: 60_000,
    // Two cores: more workers than cores only disturb each other.
    maxWorkers: 2,
    reporters: ['default', new CountingReporter()],
  },
});
