// What /proc tells of a process, as numbers of the namespaces that we are in. Whatever ends while it is looked at is left out.

import { readdirSync, readFileSync } from 'node:fs'
import { lookQuietly, namespaceOf } from './process.ts'

export interface ProcessFacts {
  readonly pid: number
  readonly parentPid: number
  /** Its ids in each pid namespace that it is in, ours first. */
  readonly pids: readonly number[]
  readonly groupIds: readonly number[]
  /** Real, effective, saved, file system. */
  readonly uids: readonly number[]
  readonly gids: readonly number[]
  readonly groups: readonly number[]
  /** The kernel's name of its pid namespace; empty where it is not ours to look at. */
  readonly pidNamespace: string
  readonly name: string
  readonly command: readonly string[]
  readonly state: string
  readonly tty: number
  readonly nice: number
  readonly cpuSeconds: number
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  readonly virtualKib: number
  readonly residentKib: number
  /** By the name of the field: CapEff, CapBnd, … */
  readonly capabilities: Readonly<Record<string, bigint>>
  /** 0 none, 1 strict, 2 filter. */
  readonly seccomp: number
  readonly label: string
}

/** In ascending order of their ids. */
export function listProcesses(): ProcessFacts[] {
  const boot = bootTimeSeconds()
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((pid) => readProcess(pid, boot) ?? [])
}

const ticksPerSecond = 100

function readProcess(pid: number, bootSeconds: number): ProcessFacts | undefined {
  const folder = `/proc/${pid}`
  const status = readQuietly(`${folder}/status`)
  const stat = readQuietly(`${folder}/stat`)
  if (status === '' || stat === '') return undefined
  const fields = parseStatus(status)
  // Behind the name, which may hold blanks and parentheses: field 3, the state, comes first.
  const numbers = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (position: number) => Number(numbers[position - 3] ?? 0)
  const startTicks = field(22)
  return {
    pid,
    ...identity(fields, pid),
    pidNamespace: namespaceOf(pid, 'pid') ?? '',
    name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
    command: readQuietly(`${folder}/cmdline`).replace(/\0$/, '').split('\0'),
    tty: field(7),
    nice: field(19),
    cpuSeconds: Math.floor((field(14) + field(15)) / ticksPerSecond),
    startedAtMs: (bootSeconds + Math.floor(startTicks / ticksPerSecond)) * 1000,
    virtualKib: Math.floor(field(23) / 1024),
    residentKib: numbersOf(fields, 'VmRSS')[0] ?? 0,
    state: fields['State']?.[0] ?? '?',
    capabilities: capabilitiesOf(fields),
    seccomp: numbersOf(fields, 'Seccomp')[0] ?? 0,
    label: readQuietly(`${folder}/attr/current`).replace(/\0?\n?$/, ''),
  }
}

type StatusFields = Readonly<Record<string, string>>

function identity(fields: StatusFields, pid: number) {
  const pids = numbersOf(fields, 'NSpid')
  return {
    parentPid: numbersOf(fields, 'PPid')[0] ?? 0,
    pids: pids.length === 0 ? [pid] : pids,
    groupIds: numbersOf(fields, 'NSpgid'),
    uids: numbersOf(fields, 'Uid'),
    gids: numbersOf(fields, 'Gid'),
    groups: numbersOf(fields, 'Groups'),
  }
}

function parseStatus(text: string): StatusFields {
  const lines = text.split('\n').map((line) => /^(\w+):\s*(.*)$/.exec(line))
  return Object.fromEntries(lines.flatMap((match) => (match === null ? [] : [[match[1], match[2]]])))
}

function numbersOf(fields: StatusFields, name: string): number[] {
  const words = (fields[name] ?? '').split(/\s+/)
  return words.filter((word) => /^\d+$/.test(word)).map(Number)
}

function capabilitiesOf(fields: StatusFields): Record<string, bigint> {
  const names = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']
  return Object.fromEntries(names.map((name) => [name, BigInt(`0x${fields[name] || '0'}`)]))
}

function bootTimeSeconds(): number {
  return Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0)
}

function readQuietly(path: string): string {
  return lookQuietly(() => readFileSync(path, 'utf8')) ?? ''
}
