// podman's flags of run and create that are not honoured yet: known, so that they can be refused by name.

import { EngineError } from '../../base/errors.ts'
import type { OptionSpec, OptionTable } from '../command.ts'
import { reasonOf } from '../refusal-reasons.ts'

const texts = ['storage-opt']

export const refusedOptions: OptionTable = Object.fromEntries(texts.map((name) => [name, refused('strings')]))

/** @throws unsupported `flag-unsupported`, naming the flag */
export function refuseUnsupported(given: ReadonlySet<string>): void {
  const name = [...given].find((candidate) => Object.hasOwn(refusedOptions, candidate))
  if (name === undefined) return
  const message = `--${name} is not supported yet${reasonOf(name)}`
  throw new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message })
}

function refused(type: OptionSpec['type']): OptionSpec {
  return { type, describe: 'Not supported yet', isHidden: true }
}
