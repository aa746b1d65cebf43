// One [[registry]] of registries.conf(5). What is not as it should be is refused, not passed over: a registry may have been meant to be blocked.

import { isObject, type JsonObject } from '../../image/bounded-json.ts'

export interface RegistryEntry {
  /** `example.com/ns`, or `*.example.com`. */
  readonly prefix: string
  readonly location: string
  readonly isInsecure: boolean
  readonly isBlocked: boolean
  readonly areMirrorsForDigestsOnly: boolean
  readonly mirrors: readonly Mirror[]
}

export interface Mirror {
  readonly location: string
  readonly isInsecure: boolean
  readonly pulls: 'all' | 'digest-only' | 'tag-only'
}

/** The reason alone: who reads the file knows its name. */
export class Unusable extends Error {}

/** @throws Unusable */
export function readEntries(value: unknown): RegistryEntry[] {
  const entries = tables(value, 'registry').map(readEntry)
  for (const entry of entries) checkSame(entry, entries)
  return entries
}

/** Without slashes at its end. @throws Unusable */
export function readLocation(text: string): string {
  if (/^https?:\/\//.test(text)) throw new Unusable(`invalid location '${text}': URI schemes are not supported`)
  return text.replace(/\/+$/, '')
}

/** @throws Unusable */
export function readText(value: unknown, what: string): string {
  if (value === undefined || typeof value === 'string') return value ?? ''
  throw new Unusable(`${what} is no text`)
}

function readEntry(entry: JsonObject): RegistryEntry {
  const location = readLocation(readText(entry['location'], 'registry.location'))
  const given = readLocation(readText(entry['prefix'], 'registry.prefix'))
  const prefix = given || location
  if (prefix === '') throw new Unusable('invalid condition: both location and prefix are unset')
  if (location === '' && !prefix.startsWith('*.'))
    throw new Unusable('invalid condition: location is unset and prefix is not in the format: *.example.com')
  const areMirrorsForDigestsOnly = flag(entry, 'mirror-by-digest-only', 'registry')
  const mirrors = tables(entry['mirror'], 'registry.mirror').map((mirror) => {
    const read = readMirror(mirror)
    if (areMirrorsForDigestsOnly && mirror['pull-from-mirror'] !== undefined) throw bothUsages(prefix, read)
    return read
  })
  return {
    ...{ prefix, location, areMirrorsForDigestsOnly, mirrors },
    isInsecure: flag(entry, 'insecure', 'registry'),
    isBlocked: flag(entry, 'blocked', 'registry'),
  }
}

function readMirror(mirror: JsonObject): Mirror {
  const location = readLocation(readText(mirror['location'], 'registry.mirror.location'))
  if (location === '') throw new Unusable('invalid condition: mirror location is unset')
  const usage = readText(mirror['pull-from-mirror'], 'registry.mirror.pull-from-mirror')
  if (!['', 'all', 'digest-only', 'tag-only'].includes(usage))
    throw new Unusable(`unsupported pull-from-mirror value "${usage}" for mirror "${location}"`)
  const pulls = usage === 'digest-only' || usage === 'tag-only' ? usage : 'all'
  return { location, pulls, isInsecure: flag(mirror, 'insecure', 'registry.mirror') }
}

function bothUsages(prefix: string, { location }: Mirror): Unusable {
  return new Unusable(
    `cannot set mirror usage mirror-by-digest-only for the registry ("${prefix}") and pull-from-mirror for per-mirror ("${location}") at the same time`,
  )
}

/** Of one place, a file says one thing. */
function checkSame(entry: RegistryEntry, all: readonly RegistryEntry[]): void {
  const others = all.filter(({ location }) => location === entry.location)
  for (const [name, key] of [
    ['insecure', 'isInsecure'],
    ['blocked', 'isBlocked'],
  ] as const) {
    if (others.every((other) => other[key] === entry[key])) continue
    throw new Unusable(`registry '${entry.location}' is defined multiple times with conflicting '${name}' setting`)
  }
}

function tables(value: unknown, what: string): JsonObject[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every(isObject)) return value
  throw new Unusable(`${what} is no list of tables`)
}

function flag(table: JsonObject, name: string, where: string): boolean {
  const value = table[name]
  if (value === undefined || typeof value === 'boolean') return value ?? false
  throw new Unusable(`${where}.${name} is neither true nor false`)
}
