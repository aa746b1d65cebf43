// A vitest reporter that ends with one plain line, for whoever reads logs by machine: "tests: 12 passed, 0 failed, 1 skipped".

import type { Reporter, TestModule } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const found of module.children.allTests()) counts[found.result().state] += 1
      if (module.state() === 'failed' && module.children.size === 0) counts.failed += 1
    }
    console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped + counts.pending} skipped`)
  }
}
