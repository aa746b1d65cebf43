// podman's flags of run and create that are not honoured yet: known, so that they can be refused by name.

import { EngineError } from '../../base/errors.ts'
import type { OptionSpec, OptionTable } from '../command.ts'
import { reasonOf } from '../refusal-reasons.ts'

const booleans = ['no-healthcheck']

const texts = (
  'decryption-key ' +
  'health-cmd health-interval health-log-destination health-max-log-count health-max-log-size health-on-failure ' +
  'health-retries health-start-period health-startup-cmd health-startup-interval health-startup-retries ' +
  'health-startup-success health-startup-timeout health-timeout ' +
  'storage-opt'
).split(' ')

/** Names of before podman 4. */
const olderNames: Readonly<Record<string, string>> = {
  'health-cmd': 'healthcheck-command',
  'health-interval': 'healthcheck-interval',
  'health-retries': 'healthcheck-retries',
  'health-start-period': 'healthcheck-start-period',
  'health-timeout': 'healthcheck-timeout',
}

export const refusedOptions: OptionTable = {
  ...Object.fromEntries(booleans.map((name) => [name, refused('boolean')])),
  ...Object.fromEntries(texts.map((name) => [name, { ...refused('strings'), ...aliasesOf(name) }])),
}

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

function aliasesOf(name: string): Pick<OptionSpec, 'aliases'> {
  const older = olderNames[name]
  return older === undefined ? {} : { aliases: [older] }
}
