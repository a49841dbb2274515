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
          // Against a real Kafka and a real MySQL, one file after the other: they share one machine's two cores.
          name: 'integration',
          include: ['test/{integration,chaos,browser}/**/*.test.ts'],
          globalSetup: ['test/global-setup.ts'],
          pool: 'forks',
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
