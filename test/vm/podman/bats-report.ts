// What the machine reported of podman's tests: TAP of bats, a `## FILE` before each file's.

export interface TestResult {
  readonly file: string
  readonly name: string
  readonly outcome: 'pass' | 'fail' | 'skip'
}

export interface Comparison {
  readonly lines: readonly string[]
  /** Gantry passes whatever podman passes. */
  readonly isEqual: boolean
}

/** A planned test without a line was not run, and counts as failed. */
export function parseReport(text: string): TestResult[] {
  const results: TestResult[] = []
  for (const part of text.split(/^## /m).slice(1)) {
    const file = part.slice(0, part.indexOf('\n'))
    const found = [...part.matchAll(/^(not )?ok \d+ (?:\[\d+\] )?(.*?)(?: in \d+ms)?(?: # (skip)\b.*)?$/gm)]
    for (const [, not, name = '', skip] of found) {
      results.push({
        file,
        name: name.trim(),
        outcome: not !== undefined ? 'fail' : skip === undefined ? 'pass' : 'skip',
      })
    }
    const planned = Number(/^1\.\.(\d+)$/m.exec(part)?.[1] ?? 0)
    for (let n = found.length + 1; n <= planned; n += 1) results.push({ file, name: `(test ${n})`, outcome: 'fail' })
  }
  return results
}

/** Of the files that are named, by number. What podman was not asked, or skips, is no part of the figure. */
export function compareResults(
  ours: readonly TestResult[],
  theirs: readonly TestResult[],
  files: readonly string[],
): Comparison {
  const lines: string[] = []
  const differing: string[] = []
  let common = 0
  let passed = 0
  for (const file of files) {
    const of = (results: readonly TestResult[]) => results.filter((result) => result.file.startsWith(file))
    lines.push(`${file}: gantry ${tally(of(ours))}; podman ${tally(of(theirs))}`)
    for (const theirResult of of(theirs).filter(({ outcome }) => outcome === 'pass')) {
      const own = of(ours).find(({ name }) => name === theirResult.name)
      if (own === undefined) continue
      common += 1
      if (own.outcome === 'pass') passed += 1
      else differing.push(`${file}: ${own.outcome}: ${own.name}`)
    }
  }
  lines.push(...differing, `vm: of ${common} tests that podman passes there, gantry passes ${passed}`)
  return { lines, isEqual: differing.length === 0 && common > 0 }
}

function tally(results: readonly TestResult[]): string {
  const count = (outcome: TestResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  return `${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped`
}
