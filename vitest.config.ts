import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          // Needs no engines: `npx vitest run --project unit` takes seconds.
          name: 'unit',
          include: ['test/{unit,topology,contract,architecture}/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          // Against a real Kafka and a real MySQL. Two files at once: much of the time goes in waiting for sessions to
          // end and processes to start, and two cores are what such machines have.
          name: 'integration',
          include: ['test/{integration,chaos,browser}/**/*.test.ts'],
          globalSetup: ['test/global-setup.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
