// Findings of --check, and what the Dockerfile itself says about which of them count.

import { type CheckOptions, isIn, mergeCheckOptions, parseCheckOptions } from './check-options.ts'
import { parseDirective } from './directives.ts'
import type { SourceRange } from './instruction.ts'

/** Names as BuildKit's, each with its page's last part. */
const pages = {
  StageNameCasing: 'stage-name-casing',
  FromAsCasing: 'from-as-casing',
  NoEmptyContinuation: 'no-empty-continuation',
  ConsistentInstructionCasing: 'consistent-instruction-casing',
  DuplicateStageName: 'duplicate-stage-name',
  ReservedStageName: 'reserved-stage-name',
  JSONArgsRecommended: 'json-args-recommended',
  MaintainerDeprecated: 'maintainer-deprecated',
  UndefinedArgInFrom: 'undefined-arg-in-from',
  WorkdirRelativePath: 'workdir-relative-path',
  UndefinedVar: 'undefined-var',
  MultipleInstructionsDisallowed: 'multiple-instructions-disallowed',
  LegacyKeyValueFormat: 'legacy-key-value-format',
  RedundantTargetPlatform: 'redundant-target-platform',
  SecretsUsedInArgOrEnv: 'secrets-used-in-arg-or-env',
  InvalidDefaultArgInFrom: 'invalid-default-arg-in-from',
  FromPlatformFlagConstDisallowed: 'from-platform-flag-const-disallowed',
  CopyIgnoredFile: 'copy-ignored-file',
  InvalidDefinitionDescription: 'invalid-definition-description',
  ExposeProtoCasing: 'expose-proto-casing',
  ExposeInvalidFormat: 'expose-invalid-format',
} as const

export type Rule = keyof typeof pages

const experimentalRules: ReadonlySet<Rule> = new Set<Rule>(['InvalidDefinitionDescription'])

export interface Finding {
  readonly rule: Rule
  readonly url: string
  readonly message: string
  readonly range: SourceRange
}

/** An instruction, as far as a report needs it. */
export interface Place {
  readonly range: SourceRange
  readonly comments?: readonly string[]
}

export type Report = (rule: Rule, place: Place, message: string) => void

/** Collects what the options let through; each finding once. */
export function collectFindings(options: CheckOptions): { report: Report; findings: () => Finding[] } {
  const found = new Map<string, Finding>()
  const report: Report = (rule, place, message) => {
    const effective = mergeCheckOptions(options, ownOptions(place))
    if (experimentalRules.has(rule) ? !isIn(effective.experimental, rule) : isIn(effective.skipped, rule)) return
    const url = `https://docs.docker.com/go/dockerfile/rule/${pages[rule]}/`
    found.set(`${rule} ${place.range.startLine} ${message}`, { rule, url, message, range: place.range })
  }
  return { report, findings: () => [...found.values()].sort((a, b) => a.range.startLine - b.range.startLine) }
}

/** `# check=skip=…` above an instruction counts for it alone. */
function ownOptions({ comments = [] }: Place): CheckOptions {
  const directives = comments.map((comment) => parseDirective(`#${comment}`)).filter((found) => found?.name === 'check')
  return parseCheckOptions(directives[0]?.value ?? '')
}
