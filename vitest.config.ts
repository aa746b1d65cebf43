// One project per kind of test: see README, "Tests".

import { defineConfig } from 'vitest/config'

/** What mounts, starts containers or counts processes: two files at once are what two cores carry. */
const real = { pool: 'forks', maxWorkers: 2, testTimeout: 60_000, hookTimeout: 120_000 } as const

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/property/**/*.test.ts', 'test/architecture.test.ts'],
          pool: 'threads',
          isolate: false,
        },
      },
      { test: { ...real, name: 'integration', include: ['test/{integration,native}/**/*.test.ts'] } },
      { test: { ...real, name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000 } },
      {
        test: {
          ...real,
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
        },
      },
      { test: { ...real, name: 'conformance', include: ['test/conformance/**/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
})
