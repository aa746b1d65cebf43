// pasta: connects a namespace to the host's network as an ordinary user, keeps the addresses of clients, and ends with the namespace.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import { paths } from '../../state/layout.ts'
import { findHelper } from '../find-helper.ts'
import type { NetworkPlace } from '../network-place.ts'
import { helperMissing } from './helper-missing.ts'
import { type HelperProcess, identified } from './helper-process.ts'
import { type PastaArguments, type PastaRequest, pastaArguments } from './pasta-arguments.ts'

export interface StartedPasta extends Omit<PastaArguments, 'argv'> {
  readonly helpers: readonly HelperProcess[]
}

/** Resolves when the namespace is connected. @throws not-found `network-helper-missing`; unavailable `pasta-failed` */
export async function startPasta(place: NetworkPlace, request: PastaRequest): Promise<StartedPasta> {
  const file = pastaFile(place)
  // An older pasta is asked once a boot.
  const marker = `${paths.rootlessNetwork(place.at)}.old-pasta`
  const first = pastaArguments(request, existsSync(marker))
  const outcome = await runProcess(file, first.argv)
  if (outcome.exitCode === 0) return started(request, first)
  if (!/unrecognized option '--map-guest-addr/.test(outcome.stderr) || first.hostAddresses.length === 0)
    throw failed(outcome)
  const plain = pastaArguments(request, true)
  const second = await runProcess(file, plain.argv)
  if (second.exitCode !== 0) throw failed(second)
  writeFileSync(marker, '')
  return started(request, plain)
}

/** The same with words of the caller's own. */
export async function runPasta(
  place: NetworkPlace,
  argv: readonly string[],
  pidFile: string,
): Promise<HelperProcess[]> {
  const outcome = await runProcess(pastaFile(place), argv)
  if (outcome.exitCode !== 0) throw failed(outcome)
  return processIn(pidFile)
}

function pastaFile({ config }: NetworkPlace): string {
  const file = findHelper(config, 'pasta')
  if (file === undefined) throw helperMissing('pasta', 'passt')
  return file
}

function started({ pidFile }: PastaRequest, { forwarders, hostAddresses }: PastaArguments): StartedPasta {
  return { forwarders, hostAddresses, helpers: processIn(pidFile) }
}

/** Empty where the file is, or was not written whole. */
export function processIn(pidFile: string): HelperProcess[] {
  const pid = Number(absentAsUndefined(() => readFileSync(pidFile, 'utf8'))?.trim() || Number.NaN)
  return Number.isNaN(pid) ? [] : identified(pid)
}

function failed({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): EngineError {
  const said = `${stdout}${stderr}`.split('\n').filter((line) => !line.includes('syslog'))
  return new EngineError({
    kind: 'unavailable',
    code: 'pasta-failed',
    message: `pasta failed with exit code ${exitCode}:\n${said.join('\n').trim()}`,
  })
}
