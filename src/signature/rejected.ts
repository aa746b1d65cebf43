// Why a signature does not count.

import { EngineError } from '../base/errors.ts'

export function rejected(reason: string, cause?: unknown): EngineError {
  return new EngineError({ kind: 'denied', code: 'signature-rejected', message: reason, cause })
}
