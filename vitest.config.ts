// One project per kind of test: see README, "Tests". The kinds run one after the other.

import { defineConfig } from 'vitest/config'

interface Kind {
  readonly name: string
  readonly include: readonly string[]
  readonly timeoutMs: number
}

/** Tests that mount, start containers or count processes: two files at once are what two cores carry. */
function real({ name, include, timeoutMs }: Kind, groupOrder: number) {
  return {
    test: {
      name,
      include: [...include],
      pool: 'forks' as const,
      maxWorkers: 2,
      testTimeout: timeoutMs,
      hookTimeout: 120_000,
      sequence: { groupOrder },
    },
  }
}

const unit = {
  test: {
    name: 'unit',
    include: ['test/{unit,property}/**/*.test.ts', 'test/architecture.test.ts'],
    // On a thread Node warns of each descriptor that the addon opened and Node closes.
    pool: 'forks' as const,
    isolate: false,
    sequence: { groupOrder: 0 },
  },
}

const kinds: readonly Kind[] = [
  { name: 'integration', include: ['test/{integration,native}/**/*.test.ts'], timeoutMs: 60_000 },
  { name: 'e2e', include: ['test/e2e/**/*.test.ts'], timeoutMs: 180_000 },
  { name: 'fault', include: ['test/fault/*.test.ts'], timeoutMs: 900_000 },
  { name: 'conformance', include: ['test/conformance/**/*.test.ts'], timeoutMs: 600_000 },
]

/** They fill disks, load all cores or measure time: one after the other. */
const alone = real({ name: 'alone', include: ['test/fault/alone/*.test.ts'], timeoutMs: 900_000 }, kinds.length + 1)
alone.test.maxWorkers = 1

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [unit, ...kinds.map((kind, index) => real(kind, index + 1)), alone],
  },
})
