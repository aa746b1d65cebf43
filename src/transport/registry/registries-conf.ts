// containers-registries.conf(5), version 2, as far as reading images needs it: short names, mirrors, blocked, insecure, locations.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'

export interface RegistriesConf {
  /** Where short names are looked for, in order. */
  readonly searchRegistries: readonly string[]
  readonly shortNameMode: 'enforcing' | 'permissive' | 'disabled'
  /** Short name → `domain/path`. */
  readonly aliases: ReadonlyMap<string, string>
  readonly registries: readonly RegistryEntry[]
  readonly credentialHelpers: readonly string[]
  /** For messages: the first file, whether it exists or not. */
  readonly path: string
}

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

/** Later files override earlier ones: lists as a whole, aliases and registries one by one. @throws invalid */
export async function readRegistriesConf(files: readonly string[]): Promise<RegistriesConf> {
  const { parseToml } = await import('../../base/toml.ts')
  let conf = empty(files[0] ?? '/etc/containers/registries.conf')
  for (const path of files) {
    const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
    if (text !== undefined) conf = overlay(conf, parseDocument(parseToml(path, text), path))
  }
  return conf
}

function empty(path: string): RegistriesConf {
  return {
    searchRegistries: [],
    shortNameMode: 'permissive',
    aliases: new Map(),
    registries: [],
    credentialHelpers: [],
    path,
  }
}

type Parsed = Partial<Omit<RegistriesConf, 'aliases' | 'registries' | 'path'>> &
  Pick<RegistriesConf, 'aliases' | 'registries'>

function parseDocument(document: JsonObject, path: string): Parsed {
  if (isObject(document['registries'])) {
    throw invalid('registries-conf-malformed', `'${path}' has the format of version 1, which is not read any more`)
  }
  const mode = document['short-name-mode']
  const aliases = isObject(document['aliases']) ? document['aliases'] : {}
  const search = document['unqualified-search-registries']
  const helpers = document['credential-helpers']
  return {
    ...(search === undefined ? {} : { searchRegistries: strings(search) }),
    ...(mode === 'enforcing' || mode === 'permissive' || mode === 'disabled' ? { shortNameMode: mode } : {}),
    ...(helpers === undefined ? {} : { credentialHelpers: strings(helpers) }),
    aliases: new Map(Object.entries(aliases).filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
    registries: objects(document['registry']).map((entry) => readEntry(entry, path)),
  }
}

function overlay(base: RegistriesConf, next: Parsed): RegistriesConf {
  const prefixes = new Set(next.registries.map((entry) => entry.prefix))
  return {
    ...base,
    ...next,
    aliases: new Map([...base.aliases, ...next.aliases]),
    registries: [...base.registries.filter((entry) => !prefixes.has(entry.prefix)), ...next.registries],
  }
}

function readEntry(entry: JsonObject, path: string): RegistryEntry {
  const location = text(entry['location'])
  const prefix = text(entry['prefix']) || location
  if (prefix === '')
    throw invalid('registries-conf-malformed', `'${path}' has a [[registry]] without prefix and location`)
  return {
    prefix: prefix.replace(/\/+$/, ''),
    location: location.replace(/\/+$/, ''),
    isInsecure: entry['insecure'] === true,
    isBlocked: entry['blocked'] === true,
    areMirrorsForDigestsOnly: entry['mirror-by-digest-only'] === true,
    mirrors: objects(entry['mirror']).map((mirror) => ({
      location: text(mirror['location']).replace(/\/+$/, ''),
      isInsecure: mirror['insecure'] === true,
      pulls: pullKind(mirror['pull-from-mirror']),
    })),
  }
}

function pullKind(value: unknown): Mirror['pulls'] {
  return value === 'digest-only' || value === 'tag-only' ? value : 'all'
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
