// One good signature is enough, whatever the others are.

import { EngineError, errorMessage } from '../base/errors.ts'
import { rejected } from './rejected.ts'

/** `signatures` is not empty. @throws denied `signature-rejected` with the reason of each; what else `check` throws */
export async function acceptOne<T>(signatures: readonly T[], check: (signature: T) => Promise<void>): Promise<void> {
  const reasons: string[] = []
  for (const signature of signatures) {
    try {
      return await check(signature)
    } catch (error) {
      if (!(error instanceof EngineError) || !['denied', 'corrupt', 'invalid'].includes(error.kind)) throw error
      reasons.push(errorMessage(error))
    }
  }
  if (reasons.length === 1) throw rejected(reasons[0] as string)
  throw rejected(`None of the signatures were accepted, reasons: ${reasons.join('; ')}`)
}
