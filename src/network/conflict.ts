// Errors that several files of this folder throw.

import { EngineError } from '../base/errors.ts'

export function conflict(code: string, message: string, hint?: string): EngineError {
  return new EngineError({ kind: 'conflict', code, message, ...(hint === undefined ? {} : { hint }) })
}
