// `--check`: BuildKit's rules over a parsed Dockerfile.

import { mergeCheckOptions, parseCheckOptions } from './check-options.ts'
import { collectFindings, type Finding } from './check-report.ts'
import { checkBases, checkStages, type StageCheckOptions } from './check-stages.ts'
import { checkText } from './check-text.ts'
import type { Dockerfile } from './instruction.ts'
import { errorAt } from './source-error.ts'

export interface CheckResult {
  /** By line. */
  readonly findings: readonly Finding[]
  /** `error=true` was asked for: a build with findings fails. */
  readonly isError: boolean
}

export interface CheckInput extends StageCheckOptions {
  /** As after `# check=`, from the command line. */
  readonly check?: string
}

/** @throws invalid for malformed options, and for words that cannot be expanded */
export function checkDockerfile(dockerfile: Dockerfile, input: CheckInput): CheckResult {
  const options = mergeCheckOptions(fileOptions(dockerfile), parseCheckOptions(input.check ?? ''))
  const { report, findings } = collectFindings(options)
  checkText(dockerfile, report)
  checkBases(dockerfile, input, report)
  checkStages(dockerfile, input, report)
  return { findings: findings(), isError: options.isError }
}

function fileOptions(dockerfile: Dockerfile) {
  try {
    return parseCheckOptions(dockerfile.check ?? '')
  } catch (error) {
    throw errorAt(dockerfile, { startLine: 1, endLine: 4 }, error)
  }
}
