// containers-registries.conf(5), version 2, as far as reading images needs it: short names, mirrors, blocked, insecure, locations.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import { parseTypedReference, type TypedReference } from '../../image/reference.ts'
import { type RegistryEntry, readEntries, readLocation, readText, Unusable } from './registries-conf-entry.ts'

/** In reading order. */
export interface RegistriesConfFiles {
  readonly files: readonly string[]
  /** One of them, that somebody named: it must be there. */
  readonly required?: string
}

export interface RegistriesConf {
  /** Where short names are looked for, in order. */
  readonly searchRegistries: readonly string[]
  readonly shortNameMode: 'enforcing' | 'permissive' | 'disabled'
  readonly aliases: ReadonlyMap<string, Alias>
  readonly registries: readonly RegistryEntry[]
  readonly credentialHelpers: readonly string[]
  /** For messages: the first file, whether it exists or not. */
  readonly path: string
  readonly files: readonly string[]
}

export interface Alias {
  /** `domain/path`; empty takes back what an earlier file says. */
  readonly repository: string
  /** The file that says so. */
  readonly path: string
}

/** Later files override earlier ones: lists as a whole, aliases and registries one by one. @throws invalid `registries-conf-malformed` */
export async function readRegistriesConf({ files, required }: RegistriesConfFiles): Promise<RegistriesConf> {
  const { parseToml } = await import('../../base/toml.ts')
  let conf = empty(files)
  for (const path of files) {
    const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
    if (text !== undefined) conf = overlay(conf, parseDocument(parseToml(path, text), path))
    else if (path === required) throw unusable(path, `open ${path}: no such file or directory`)
  }
  return conf
}

function empty(files: readonly string[]): RegistriesConf {
  return {
    searchRegistries: [],
    shortNameMode: 'permissive',
    aliases: new Map(),
    registries: [],
    credentialHelpers: [],
    path: files[0] ?? '/etc/containers/registries.conf',
    files,
  }
}

type Parsed = Partial<Omit<RegistriesConf, 'aliases' | 'registries' | 'path' | 'files'>> &
  Pick<RegistriesConf, 'aliases' | 'registries'>

function parseDocument(document: JsonObject, path: string): Parsed {
  if (isObject(document['registries'])) {
    throw invalid('registries-conf-malformed', `'${path}' has the format of version 1, which is not read any more`)
  }
  try {
    return readDocument(document, path)
  } catch (error) {
    if (error instanceof Unusable) throw unusable(path, error.message)
    throw error
  }
}

function readDocument(document: JsonObject, path: string): Parsed {
  const search = document['unqualified-search-registries']
  const helpers = document['credential-helpers']
  return {
    ...(search === undefined ? {} : { searchRegistries: readSearch(search) }),
    ...readMode(document['short-name-mode']),
    ...(helpers === undefined ? {} : { credentialHelpers: strings(helpers, 'credential-helpers') }),
    aliases: readAliases(document['aliases'], path),
    registries: readEntries(document['registry']),
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

function readMode(value: unknown): Partial<Pick<RegistriesConf, 'shortNameMode'>> {
  const mode = readText(value, 'short-name-mode')
  if (mode === '') return {}
  if (mode === 'enforcing' || mode === 'permissive' || mode === 'disabled') return { shortNameMode: mode }
  throw new Unusable(`invalid short-name mode: "${mode}"`)
}

function readSearch(value: unknown): string[] {
  return strings(value, 'unqualified-search-registries').map((text) => {
    const registry = readLocation(text)
    if (/^[a-z\d]([a-z\d.-]*[a-z\d])?(:\d+)?$/i.test(registry) || /^\[[a-f\d:]+\](:\d+)?$/i.test(registry))
      return registry
    throw new Unusable(`invalid unqualified-search-registries entry "${text}"`)
  })
}

function readAliases(value: unknown, path: string): Map<string, Alias> {
  if (value !== undefined && !isObject(value)) throw new Unusable('aliases is no table')
  const wrong = (reason: string) => new Unusable(`validating short-name aliases: ${reason}`)
  const aliases = Object.entries(value ?? {}).map(([name, repository]): [string, Alias] => {
    if (typeof repository !== 'string') throw wrong(`alias "${name}" is no text`)
    const short = asName(name)
    const badName = short === undefined ? 'invalid reference format' : (withoutMore(short) ?? domainIn(short))
    if (badName !== undefined) throw wrong(`invalid short name "${name}": ${badName}`)
    const full = repository === '' ? undefined : asName(repository)
    const badValue = full?.domain === undefined ? 'must contain registry and repository' : withoutMore(full)
    if (repository !== '' && badValue !== undefined) throw wrong(`invalid alias "${repository}": ${badValue}`)
    return [name, { repository, path }]
  })
  return new Map(aliases)
}

function asName(text: string): TypedReference | undefined {
  try {
    return parseTypedReference(text)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

function withoutMore({ tag, digest }: TypedReference): string | undefined {
  if (tag !== undefined) return 'must not contain tag'
  return digest === undefined ? undefined : 'must not contain digest'
}

function domainIn({ domain }: TypedReference): string | undefined {
  return domain === undefined ? undefined : 'must not contain registry'
}

function strings(value: unknown, what: string): string[] {
  if (!Array.isArray(value)) throw new Unusable(`${what} is no list`)
  if (value.every((item) => typeof item === 'string')) return value
  throw new Unusable(`${what} holds what is no text`)
}

/** As podman. */
function unusable(path: string, reason: string): EngineError {
  return invalid('registries-conf-malformed', `loading registries configuration "${path}": ${reason}`)
}
