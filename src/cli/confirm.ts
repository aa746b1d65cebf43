// The question before something is removed for good. An answer is one line of standard input; y or Y begins a yes.

import { createInterface } from 'node:readline'
import { EngineError } from '../base/errors.ts'
import { print } from './render/print.ts'

/** @throws invalid `confirmation-missing` when standard input ends without an answer */
export async function isConfirmed(warning: string): Promise<boolean> {
  print(`${warning}\nAre you sure you want to continue? [y/N] `)
  const lines = createInterface({ input: process.stdin })
  try {
    for await (const line of lines) return line.toLowerCase().startsWith('y')
  } finally {
    lines.close()
  }
  throw new EngineError({
    kind: 'invalid',
    code: 'confirmation-missing',
    message: 'EOF',
    hint: 'Nothing was removed. Answer y, or use --force.',
  })
}
