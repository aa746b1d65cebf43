// What a user typed → an image in the store: exact name, id or its prefix, digest, short name. Reads only.

import { isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageName, ImageRecord } from '../../image/record.ts'
import {
  parseTypedReference,
  printReference,
  qualify,
  type TypedReference,
  withDefaultTag,
} from '../../image/reference.ts'
import { digestsOf, listImageIds, listImages, listNames, readImage, readName } from '../../transport/image-records.ts'
import { shortNameDomains } from '../../transport/registry/short-names.ts'
import type { Engine } from '../engine.ts'

export interface ResolvedImage {
  readonly record: ImageRecord
  /** The stored reference that matched; undefined when an id or a bare digest did. */
  readonly name: string | undefined
}

/** @throws not-found `image-unknown`; invalid `image-ambiguous`, `reference-malformed` */
export async function resolveImage(engine: Engine, text: string): Promise<ResolvedImage> {
  const found = await findImage(engine, text)
  if (found !== undefined) return found
  throw imageUnknown(text)
}

/** undefined if there is none. @throws invalid `image-ambiguous`, `reference-malformed` */
export async function findImage(engine: Engine, text: string): Promise<ResolvedImage | undefined> {
  return byId(engine, text) ?? byBareDigest(engine, text) ?? (await byName(engine, text))
}

export function imageUnknown(text: string): EngineError {
  return new EngineError({ kind: 'not-found', code: 'image-unknown', message: `${text}: image not known` })
}

function byId(engine: Engine, text: string): ResolvedImage | undefined {
  const hex = text.replace(/^sha256:/, '')
  if (!/^[0-9a-f]{1,64}$/.test(hex)) return undefined
  const exact = hex.length === 64 ? readImage(engine.at, hex) : undefined
  if (exact !== undefined) return { record: exact, name: undefined }
  const ids = listImageIds(engine.at).filter((id) => id.startsWith(hex))
  if (ids.length > 1 && hex.length >= 3) throw ambiguous(text, ids)
  const record = ids.length === 1 ? readImage(engine.at, ids[0] as string) : undefined
  return record === undefined ? undefined : { record, name: undefined }
}

function byBareDigest(engine: Engine, text: string): ResolvedImage | undefined {
  const digest = text.startsWith('@') ? text.slice(1) : text
  if (!isDigest(digest)) return undefined
  const record = listImages(engine.at).find((image) => digestsOf(image).includes(digest))
  return record === undefined ? undefined : { record, name: undefined }
}

async function byName(engine: Engine, text: string): Promise<ResolvedImage | undefined> {
  if (isDigest(text) || text === '') return undefined
  const typed = parseTypedReference(text)
  const domains = typed.domain === undefined ? await shortNameDomains(engine.settings.registriesConf, typed) : ['']
  for (const candidate of domains) {
    const found = byReference(engine, candidate, typed)
    if (found !== undefined) return found
  }
  return typed.domain === undefined ? bySuffix(engine, typed) : undefined
}

/** `candidate` is a domain, or the whole repository that an alias stands for. */
function byReference(engine: Engine, candidate: string, typed: TypedReference): ResolvedImage | undefined {
  const slash = candidate.indexOf('/')
  const reference =
    slash === -1
      ? qualify(typed, candidate)
      : { ...typed, domain: candidate.slice(0, slash), path: candidate.slice(slash + 1) }
  const complete = withDefaultTag(reference)
  const exact = nameToImage(engine, readName(engine.at, printReference(complete)))
  if (exact !== undefined || complete.digest === undefined) return exact
  return byRepositoryDigest(engine, complete)
}

/** `repo[:tag]@digest` matches an image with that digest and any name in that repository. */
function byRepositoryDigest(
  engine: Engine,
  reference: { domain: string; path: string; digest?: string },
): ResolvedImage | undefined {
  const repository = `${reference.domain}/${reference.path}`
  for (const name of listNames(engine.at)) {
    if (!name.reference.startsWith(`${repository}:`) && !name.reference.startsWith(`${repository}@`)) continue
    const record = readImage(engine.at, name.imageId)
    if (record !== undefined && digestsOf(record).some((digest) => digest === reference.digest)) {
      return { record, name: name.reference }
    }
  }
  return undefined
}

/** Last resort: a name that ends in `/<typed>`, the latest tagged first. */
function bySuffix(engine: Engine, typed: TypedReference): ResolvedImage | undefined {
  if (typed.digest !== undefined) return undefined
  const wanted = `/${typed.path}:${typed.tag ?? 'latest'}`
  const matching = listNames(engine.at)
    .filter((name) => name.reference.endsWith(wanted))
    .sort((a, b) => b.taggedAt.localeCompare(a.taggedAt))
  return matching.map((name) => nameToImage(engine, name)).find((found) => found !== undefined)
}

function nameToImage(engine: Engine, name: ImageName | undefined): ResolvedImage | undefined {
  const record = name === undefined ? undefined : readImage(engine.at, name.imageId)
  return record === undefined || name === undefined ? undefined : { record, name: name.reference }
}

function ambiguous(text: string, ids: readonly string[]): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'image-ambiguous',
    message: `image name "${text}" is ambiguous: it begins ${ids.length} image ids`,
    hint: 'Type more of the id.',
  })
}
