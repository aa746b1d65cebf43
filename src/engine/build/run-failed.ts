// A RUN whose process ended with another code than 0: the build ends with that code.

import { EngineError } from '../../base/errors.ts'
import type { Dockerfile, Instruction } from '../../dockerfile/instruction.ts'

export class RunFailed extends EngineError {
  readonly exitCode: number

  constructor(exitCode: number, message: string, hint?: string) {
    super({ kind: 'internal', code: 'build-step-failed', message, ...(hint === undefined ? {} : { hint }) })
    this.exitCode = exitCode
  }
}

/** podman's words, and below them where the instruction stands. What has been canceled stays as it is. */
export function atStep(error: EngineError, { path }: Dockerfile, instruction: Instruction): EngineError {
  if (error.kind === 'canceled') return error
  const { original, range } = instruction
  const message = `building at STEP ${JSON.stringify(original)}: ${error.message}`
  const place = `${path}:${range.startLine}: ${original.split('\n')[0] ?? ''}`
  const hint = error.hint === undefined ? place : `${place}\n${error.hint}`
  if (error instanceof RunFailed) return new RunFailed(error.exitCode, message, hint)
  return new EngineError({ kind: error.kind, code: error.code, message, hint, cause: error })
}
