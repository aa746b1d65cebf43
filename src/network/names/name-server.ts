// aardvark-dns: started with the first container that needs names, told of changes by SIGHUP, ended with the last. `namesLock` guards its
// folder; where the program is missing, containers go without names, and the user is told once.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { removeFile, replaceFile } from '../../os/atomic-file.ts'
import { runProcess } from '../../os/exec.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { namespacedCommand } from '../../os/network-namespace.ts'
import { killQuietly } from '../../os/process.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import { findHelper } from '../find-helper.ts'
import { atBridges } from '../firewall/apply.ts'
import type { NetworkPlace } from '../network-place.ts'
import type { NetworkRecord } from '../record/network-record.ts'
import { awaitName } from './await-name.ts'
import { changeEntries, type EntryChange, type NameEntry } from './entries.ts'

const program = 'aardvark-dns'
const pidFile = 'aardvark.pid'

/** Resolves when the name server answers for it. False where there is no name server. */
export async function addNames(place: NetworkPlace, network: NetworkRecord, entry: NameEntry): Promise<boolean> {
  const file = findHelper(place.config, program)
  if (file === undefined) {
    warnOnce(place)
    return false
  }
  {
    using _lock = await lockNames(place)
    writeEntries(place, network, { container: entry.container, entry })
    await ensureServer(place, file)
  }
  const [name] = entry.names
  const [server] = listens(network)
  if (name !== undefined && server !== undefined && !(await awaitName({ ...place, server }, name))) {
    const { dnsPort } = place.config
    place.report({
      type: 'warning',
      message: `${program} cannot listen at ${server}, port ${dnsPort}, which another program has: containers of network '${network.name}' do not find each other by name. Give it another port: [network] dns_bind_port in containers.conf`,
    })
  }
  return true
}

/** Idempotent: one that was killed when the entry was gone had not told the server yet. */
export async function removeNames(place: NetworkPlace, network: NetworkRecord, container: string): Promise<void> {
  if (!existsSync(paths.names(place.at))) return
  using _lock = await lockNames(place)
  writeEntries(place, network, { container, entry: undefined })
  const pid = serverPid(place.at)
  if (pid === undefined) return
  if (isUsed(place.at)) process.kill(pid, 'SIGHUP')
  else stopServer(place.at, pid)
}

/** After a change of the network itself. */
export async function refreshServer(place: NetworkPlace, network: NetworkRecord): Promise<void> {
  if (absentAsUndefined(() => readFileSync(entriesFile(place.at, network.name))) === undefined) return
  using _lock = await lockNames(place)
  writeEntries(place, network, undefined)
  const pid = serverPid(place.at)
  if (pid !== undefined) process.kill(pid, 'SIGHUP')
}

/** Where the network's containers find it: the gateways. */
export function listens({ subnets = [] }: NetworkRecord): string[] {
  return subnets.flatMap(({ gateway }) => gateway ?? [])
}

/** Pid of the name server, if it runs. */
function serverPid(at: Layout): number | undefined {
  const text = absentAsUndefined(() => readFileSync(join(paths.names(at), pidFile), 'utf8'))
  const pid = Number(text?.trim())
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const command = absentAsUndefined(() => readCommand(pid)) ?? ''
  return command.includes(program) && command.includes(paths.names(at)) ? pid : undefined
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return ''
    throw error
  }
}

async function lockNames({ at, patience }: NetworkPlace): Promise<Disposable> {
  makeFolders(paths.names(at), 0o700)
  return acquireLock({ path: paths.namesLock(at), kind: 'names', label: 'the name server' }, patience)
}

function writeEntries({ at }: NetworkPlace, network: NetworkRecord, change: EntryChange | undefined): void {
  const path = entriesFile(at, network.name)
  const before = absentAsUndefined(() => readFileSync(path, 'utf8')) ?? ''
  const server = { listens: listens(network), servers: network.network_dns_servers ?? [] }
  const text = changeEntries(before, server, change)
  // It reads every file of the folder but its pid file: the draft lies elsewhere.
  if (text === '') removeFile(path)
  else replaceFile(path, text, { durable: false, temporary: `${paths.names(at)}.draft` })
}

/** Tells it of changes, or starts it: it goes into the background by itself. */
async function ensureServer(place: NetworkPlace, file: string): Promise<void> {
  const pid = serverPid(place.at)
  if (pid !== undefined) {
    process.kill(pid, 'SIGHUP')
    return
  }
  removeFile(join(paths.names(place.at), pidFile))
  const argv = ['--config', paths.names(place.at), '--port', String(place.config.dnsPort), 'run']
  const command = atBridges(place.bridges, () => namespacedCommand(file, argv))
  const { exitCode, stderr } = await runProcess(command.file, command.argv)
  if (exitCode !== 0)
    place.report({ type: 'warning', message: `${program} failed: ${stderr.trim().split('\n')[0] ?? ''}` })
  const started = serverPid(place.at)
  if (started !== undefined) await place.outliveSession(program, [started])
}

function isUsed(at: Layout): boolean {
  return readdirSync(paths.names(at)).some((name) => name !== pidFile)
}

function stopServer(at: Layout, pid: number): void {
  killQuietly(pid)
  removeFile(join(paths.names(at), pidFile))
}

function entriesFile(at: Layout, network: string): string {
  return join(paths.names(at), network)
}

function warnOnce({ at, report }: NetworkPlace): void {
  const marker = `${paths.names(at)}.missing`
  try {
    writeFileSync(marker, '', { flag: 'wx' })
  } catch (error) {
    logDebug('the user was told of the missing name server', { marker })
    if (errnoOf(error) === 'EEXIST') return
    throw error
  }
  report({
    type: 'warning',
    message: `${program} is not installed: containers do not find each other by name. Install it: apt install aardvark-dns`,
  })
}
