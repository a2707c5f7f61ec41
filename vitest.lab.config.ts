import { defineConfig } from 'vitest/config';

// Against real machines: one file after the other, because there is one lab per machine.
export default defineConfig({
  test: {
    include: ['test/lab/**/*.test.ts'],
    globalSetup: ['test/lab/setup.ts'],
    setupFiles: ['test/lab/clean.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 900_000,
  },
});
