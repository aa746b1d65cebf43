// A vitest reporter that ends with one plain line, for whoever reads logs by machine: "12 passed, 0 failed, 1 skipped".

import type { Reporter, TestModule } from 'vitest/node'

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const found of tests) counts[found.result().state] += 1
      // A file that could not be loaded, or whose hooks failed, has no test that did.
      if (module.state() === 'failed' && !tests.some((found) => found.result().state === 'failed')) counts.failed += 1
    }
    const skipped = counts.skipped + counts.pending
    console.log(`${counts.passed} passed, ${counts.failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
  }
}
