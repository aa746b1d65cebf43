// A RUN whose process ended with another code than 0: the build ends with that code.

import { EngineError } from '../../base/errors.ts'

export class RunFailed extends EngineError {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super({ kind: 'internal', code: 'build-step-failed', message })
    this.exitCode = exitCode
  }

  /** `text`: the instruction as written. */
  at(text: string): RunFailed {
    return new RunFailed(this.exitCode, `building at STEP ${JSON.stringify(text)}: ${this.message}`)
  }
}
