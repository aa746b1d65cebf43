// The columns of top: ps(1)'s AIX format descriptors, by name or code, and podman's own beside them.

import { readdirSync, statSync } from 'node:fs'
import { formatGoDuration } from '../../base/duration.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { goTime } from '../../base/go-value.ts'
import type { ProcessFacts } from '../../os/process-facts.ts'
import { knownCapabilities } from '../../spec/capabilities.ts'
import type { TopNames } from './top-names.ts'

export interface Descriptor {
  readonly heading: string
  readonly read: (context: TopContext) => string
}

export interface TopContext {
  readonly facts: ProcessFacts
  readonly lookUp: TopNames
  readonly nowMs: number
  /** 0 for one outside. */
  readonly pidInside: (pid: number) => number
  readonly groupInside: (facts: ProcessFacts) => number
}

export const defaultDescriptors = ['user', 'pid', 'ppid', 'pcpu', 'etime', 'tty', 'time', 'args']

/** By `pid` or `%p`. */
export function findDescriptor(name: string): Descriptor | undefined {
  const wanted = codes[name] ?? name
  return Object.hasOwn(descriptors, wanted) ? descriptors[wanted] : undefined
}

/** Sorted. */
export function descriptorNames(): string[] {
  return Object.keys(descriptors).sort()
}

const codes: Readonly<Record<string, string>> = {
  '%C': 'pcpu',
  '%G': 'group',
  '%P': 'ppid',
  '%U': 'user',
  '%a': 'args',
  '%c': 'comm',
  '%g': 'rgroup',
  '%n': 'nice',
  '%p': 'pid',
  '%r': 'pgid',
  '%t': 'etime',
  '%u': 'ruser',
  '%x': 'time',
  '%y': 'tty',
  '%z': 'vsz',
}

const descriptors: Readonly<Record<string, Descriptor>> = {
  args: { heading: 'COMMAND', read: ({ facts }) => commandOf(facts) },
  capamb: { heading: 'AMBIENT CAPS', read: ({ facts }) => capabilityNames(facts.capabilities['CapAmb']) },
  capbnd: { heading: 'BOUNDING CAPS', read: ({ facts }) => capabilityNames(facts.capabilities['CapBnd']) },
  capeff: { heading: 'EFFECTIVE CAPS', read: ({ facts }) => capabilityNames(facts.capabilities['CapEff']) },
  capinh: { heading: 'INHERITED CAPS', read: ({ facts }) => capabilityNames(facts.capabilities['CapInh']) },
  capprm: { heading: 'PERMITTED CAPS', read: ({ facts }) => capabilityNames(facts.capabilities['CapPrm']) },
  comm: { heading: 'COMMAND', read: ({ facts }) => facts.name },
  etime: { heading: 'ELAPSED', read: (context) => formatGoDuration(elapsedMs(context) * 1e6) },
  group: { heading: 'GROUP', read: ({ facts, lookUp }) => lookUp.inside.group(effective(facts.gids)) },
  groups: { heading: 'GROUPS', read: ({ facts, lookUp }) => facts.groups.map(lookUp.inside.group).join(',') },
  hgroup: { heading: 'HGROUP', read: ({ facts, lookUp }) => lookUp.host.group(effective(facts.gids)) },
  hgroups: { heading: 'HGROUPS', read: ({ facts, lookUp }) => facts.groups.map(lookUp.host.group).join(',') },
  hpid: { heading: 'HPID', read: ({ facts }) => String(facts.pid) },
  huid: { heading: 'HUID', read: ({ facts, lookUp }) => String(lookUp.host.uid(effective(facts.uids))) },
  huser: { heading: 'HUSER', read: ({ facts, lookUp }) => lookUp.host.user(effective(facts.uids)) },
  label: { heading: 'LABEL', read: ({ facts }) => facts.label || '?' },
  nice: { heading: 'NI', read: ({ facts }) => String(facts.nice) },
  pcpu: { heading: '%CPU', read: percentOf },
  pgid: { heading: 'PGID', read: ({ facts, groupInside }) => String(groupInside(facts)) },
  pid: { heading: 'PID', read: ({ facts, pidInside }) => String(pidInside(facts.pid)) },
  ppid: { heading: 'PPID', read: ({ facts, pidInside }) => String(pidInside(facts.parentPid)) },
  rgroup: { heading: 'RGROUP', read: ({ facts, lookUp }) => lookUp.inside.group(facts.gids[0] ?? 0) },
  rss: { heading: 'RSS', read: ({ facts }) => String(facts.residentKib) },
  ruser: { heading: 'RUSER', read: ({ facts, lookUp }) => lookUp.inside.user(facts.uids[0] ?? 0) },
  seccomp: { heading: 'SECCOMP', read: ({ facts }) => ['disabled', 'strict', 'filter'][facts.seccomp] ?? '?' },
  state: { heading: 'STATE', read: ({ facts }) => facts.state },
  stime: { heading: 'STIME', read: ({ facts }) => goTime(new Date(facts.startedAtMs).toISOString()).toString() },
  time: { heading: 'TIME', read: ({ facts }) => formatGoDuration(facts.cpuSeconds * 1e9) },
  tty: { heading: 'TTY', read: ({ facts }) => terminalName(facts.tty) },
  uid: { heading: 'UID', read: ({ facts, lookUp }) => String(lookUp.inside.uid(effective(facts.uids))) },
  user: { heading: 'USER', read: ({ facts, lookUp }) => lookUp.inside.user(effective(facts.uids)) },
  vsz: { heading: 'VSZ', read: ({ facts }) => String(facts.virtualKib) },
}

function effective(ids: readonly number[]): number {
  return ids[1] ?? 0
}

/** A kernel thread, and a process that has wiped its arguments, by name. */
function commandOf({ command, name }: ProcessFacts): string {
  return command[0] === '' ? `[${name}]` : command.join(' ')
}

function elapsedMs({ facts, nowMs }: TopContext): number {
  return Math.max(1, nowMs - facts.startedAtMs)
}

function percentOf(context: TopContext): string {
  return ((100_000 * context.facts.cpuSeconds) / elapsedMs(context)).toFixed(3)
}

const everyCapability = 2n ** BigInt(knownCapabilities.length) - 1n

function capabilityNames(mask = 0n): string {
  if (mask === everyCapability) return 'full'
  const names = knownCapabilities.filter((_, bit) => ((mask >> BigInt(bit)) & 1n) === 1n)
  return names.length === 0
    ? 'none'
    : names
        .map((name) => name.replace(/^CAP_/, ''))
        .sort()
        .join(',')
}

/** By the device number that proc(5) packs: a terminal of the host's, or `?`. */
function terminalName(number: number): string {
  if (number === 0) return '?'
  const names = [...namesIn('/dev', /^tty/), ...namesIn('/dev/pts', /^\d/).map((name) => `pts/${name}`)]
  const isIt = (name: string) => absentAsUndefined(() => statSync(`/dev/${name}`))?.rdev === number
  return names.find(isIt) ?? '?'
}

function namesIn(folder: string, pattern: RegExp): string[] {
  return (absentAsUndefined(() => readdirSync(folder)) ?? []).filter((name) => pattern.test(name))
}
