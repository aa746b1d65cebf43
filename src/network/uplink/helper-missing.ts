// What is said where a program that connects containers is not installed.

import { EngineError } from '../../base/errors.ts'

export function helperMissing(program: string, packageName: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'network-helper-missing',
    message: `could not find ${program}, the network namespace can't be configured`,
    hint: `Install it: apt install ${packageName}; or go without: --network none`,
  })
}
