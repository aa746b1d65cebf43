// containers-registries.d(5): where the signatures of a registry's images are.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { absentAsUndefined, errorMessage, invalid } from '../../base/errors.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import type { Reference } from '../../image/reference.ts'
import { referenceScopes } from '../../image/reference-scopes.ts'

export interface SignaturePlaces {
  /** Folders of YAML files: the first that exists counts. */
  readonly configFolders: readonly string[]
  /** Where signatures are of registries that no file speaks of. */
  readonly lookasideFolder: string
}

export interface RegistriesD {
  readonly defaults: SignatureEntry
  /** By scope. */
  readonly scopes: ReadonlyMap<string, SignatureEntry>
}

export interface SignatureEntry {
  readonly lookaside?: string
  readonly staging?: string
  readonly areAttachmentsUsed?: boolean
}

export interface SignatureStorage {
  readonly readFrom: URL
  readonly writeTo: URL
  /** Sigstore signatures lie in the registry itself. */
  readonly areAttachmentsUsed: boolean
}

/** @throws invalid `registries-d-malformed` */
export async function signatureStorage(places: SignaturePlaces, reference: Reference): Promise<SignatureStorage> {
  const { defaults, scopes } = await readRegistriesD(places.configFolders)
  const entries = [...referenceScopes(reference).flatMap((scope) => scopes.get(scope) ?? []), defaults]
  const first = <K extends keyof SignatureEntry>(key: K) => entries.find((entry) => entry[key] !== undefined)?.[key]
  const usual = pathToFileURL(places.lookasideFolder).href
  const staging = entries.find((entry) => entry.staging !== undefined || entry.lookaside !== undefined)
  return {
    readFrom: parseUrl(first('lookaside') ?? usual),
    writeTo: parseUrl(staging?.staging ?? staging?.lookaside ?? usual),
    areAttachmentsUsed: first('areAttachmentsUsed') ?? false,
  }
}

/** All files as one: what two of them say of the same scope is refused. @throws invalid `registries-d-malformed` */
export async function readRegistriesD(folders: readonly string[]): Promise<RegistriesD> {
  const folder = folders.find((path) => existsSync(path))
  const names = (folder === undefined ? [] : readdirSync(folder)).filter((name) => name.endsWith('.yaml')).sort()
  let defaults: { readonly entry: SignatureEntry; readonly path: string } | undefined
  const scopes = new Map<string, { readonly entry: SignatureEntry; readonly path: string }>()
  for (const path of names.map((name) => join(folder as string, name))) {
    const document = await readDocument(path)
    if (document === undefined) continue
    if (document.defaults !== undefined) {
      if (defaults !== undefined) throw malformed(path, `"default-docker" is defined in ${defaults.path}, too`)
      defaults = { entry: document.defaults, path }
    }
    for (const [scope, entry] of document.scopes) {
      const other = scopes.get(scope)
      if (other !== undefined) throw malformed(path, `the namespace "${scope}" is defined in ${other.path}, too`)
      scopes.set(scope, { entry, path })
    }
  }
  return {
    defaults: defaults?.entry ?? {},
    scopes: new Map([...scopes].map(([scope, { entry }]) => [scope, entry])),
  }
}

interface Document {
  readonly defaults: SignatureEntry | undefined
  readonly scopes: ReadonlyMap<string, SignatureEntry>
}

/** undefined for a file that has gone meanwhile. */
async function readDocument(path: string): Promise<Document | undefined> {
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  if (text === undefined) return undefined
  const { parseYaml } = await import('../../base/yaml.ts')
  const document = parsed(path, () => parseYaml(text) ?? {})
  if (!isObject(document)) throw malformed(path, 'it is not a mapping')
  const scopes = document['docker'] ?? {}
  if (!isObject(scopes)) throw malformed(path, 'docker is not a mapping')
  const defaults = document['default-docker'] ?? undefined
  return {
    defaults: defaults === undefined ? undefined : readEntry(defaults, path),
    scopes: new Map(Object.entries(scopes).map(([scope, entry]) => [scope, readEntry(entry ?? {}, path)])),
  }
}

function parsed(path: string, parse: () => unknown): unknown {
  try {
    return parse()
  } catch (error) {
    throw malformed(path, errorMessage(error))
  }
}

/** `sigstore` and `sigstore-staging` are the old names. */
function readEntry(value: unknown, path: string): SignatureEntry {
  if (!isObject(value)) throw malformed(path, 'a namespace is not a mapping')
  const lookaside = textOf(value, 'lookaside', path) ?? textOf(value, 'sigstore', path)
  const staging = textOf(value, 'lookaside-staging', path) ?? textOf(value, 'sigstore-staging', path)
  const attachments = value['use-sigstore-attachments'] ?? undefined
  if (attachments !== undefined && typeof attachments !== 'boolean') {
    throw malformed(path, 'use-sigstore-attachments is neither true nor false')
  }
  return {
    ...(lookaside === undefined ? {} : { lookaside }),
    ...(staging === undefined ? {} : { staging }),
    ...(attachments === undefined ? {} : { areAttachmentsUsed: attachments }),
  }
}

function textOf(value: JsonObject, key: string, path: string): string | undefined {
  const text = value[key] ?? ''
  if (typeof text !== 'string') throw malformed(path, `${key} is not a text`)
  return text === '' ? undefined : text
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw invalid('registries-d-malformed', `invalid signature storage URL '${text}'`)
  return url
}

function malformed(path: string, reason: string) {
  return invalid('registries-d-malformed', `parsing ${path}: ${reason}`)
}
