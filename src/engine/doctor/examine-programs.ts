// The programs of others that Gantry starts.

import { existsSync } from 'node:fs'
import { findHelper } from '../../network/find-helper.ts'
import type { Engine } from '../engine.ts'
import { programFacts } from '../system/program-facts.ts'
import { type Finding, note, ok, problem } from './finding.ts'

interface Wanted {
  readonly name: string
  readonly subject: string
  /** What is not to be had without it. */
  readonly for: string
  readonly package: string
}

const always: readonly Wanted[] = [
  { name: 'nft', subject: 'firewall', for: 'no bridges and no published ports', package: 'nftables' },
  { name: 'aardvark-dns', subject: 'names', for: 'containers do not find each other by name', package: 'aardvark-dns' },
]
const forUsers: readonly Wanted[] = [
  { name: 'pasta', subject: 'network', for: 'no way out for containers of ordinary users', package: 'passt' },
  ...always.slice(1),
]

export async function examinePrograms(engine: Engine): Promise<Finding[]> {
  const wanted = engine.settings.isRootless ? forUsers : always
  return [
    await examineRuntime(engine),
    ...(await Promise.all(wanted.map(async (each) => examineProgram(engine, each)))),
  ]
}

async function examineRuntime({ settings }: Engine): Promise<Finding> {
  const { name, path } = settings.runtime
  if (!path.startsWith('/') || !existsSync(path)) {
    return problem('runtime', `no program '${name}'`, `sudo apt install ${name === 'crun' ? 'crun' : 'runc'}`)
  }
  const { version } = await programFacts(path)
  return ok('runtime', `${path}${version === '' ? '' : `, ${version.split('\n')[0]}`}`)
}

async function examineProgram(
  { settings }: Engine,
  { name, subject, for: without, package: from }: Wanted,
): Promise<Finding> {
  const path = findHelper(settings.network, name)
  if (path === undefined) return note(subject, `no program '${name}': ${without}`, `sudo apt install ${from}`)
  const { version } = await programFacts(path)
  return ok(subject, `${path}${version === '' ? '' : `, ${version.split('\n')[0]}`}`)
}
