// `# check=skip=RuleA,RuleB;error=true;experimental=all`: which rules of --check count, and whether a finding fails the build.

import { invalid } from '../base/errors.ts'
import { parseGoBool } from '../base/go-bool.ts'

export interface CheckOptions {
  readonly skipped: ReadonlySet<string> | 'all'
  readonly experimental: ReadonlySet<string> | 'all'
  readonly isError: boolean
}

const noCheckOptions: CheckOptions = { skipped: new Set(), experimental: new Set(), isError: false }

/** @throws invalid `check-options-malformed` */
export function parseCheckOptions(text: string): CheckOptions {
  const words = text.trim().split(/\s/)[0] as string
  return words === '' ? noCheckOptions : words.split(';').reduce(withOption, noCheckOptions)
}

function withOption(options: CheckOptions, text: string): CheckOptions {
  const equals = text.indexOf('=')
  const [key, value] = equals < 0 ? [text, ''] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
  if (key === 'skip') return { ...options, skipped: ruleSet(value) }
  if (key === 'experimental') return { ...options, experimental: ruleSet(value) }
  const isError = key === 'error' ? parseGoBool(value) : undefined
  if (isError !== undefined) return { ...options, isError }
  const hint = 'The options are skip=RULES, experimental=RULES and error=true, parted by semicolons.'
  throw invalid('check-options-malformed', `invalid check option '${text}'`, hint)
}

function ruleSet(value: string): ReadonlySet<string> | 'all' {
  return value === 'all' ? 'all' : new Set(value.split(',').map((rule) => rule.trim()))
}

/** Those of the file and of one instruction together. */
export function mergeCheckOptions(outer: CheckOptions, inner: CheckOptions): CheckOptions {
  return {
    skipped: union(outer.skipped, inner.skipped),
    experimental: union(outer.experimental, inner.experimental),
    isError: outer.isError || inner.isError,
  }
}

function union(a: ReadonlySet<string> | 'all', b: ReadonlySet<string> | 'all'): ReadonlySet<string> | 'all' {
  return a === 'all' || b === 'all' ? 'all' : a.union(b)
}

export function isIn(set: ReadonlySet<string> | 'all', rule: string): boolean {
  return set === 'all' || set.has(rule)
}
