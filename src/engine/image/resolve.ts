// What a user typed → an image or a manifest list in the store: exact name, id or its prefix, digest, short name. Reads only. Where an
// image is wanted, a list stands for its image for the platform.

import { existsSync } from 'node:fs'
import { isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import type { Platform } from '../../image/platform.ts'
import type { ImageName, ImageRecord } from '../../image/record.ts'
import {
  parseTypedReference,
  printReference,
  qualify,
  type TypedReference,
  withDefaultTag,
} from '../../image/reference.ts'
import { paths } from '../../state/layout.ts'
import { digestsOf, listImageIds, listImages, listNames, readImage, readName } from '../../transport/image-records.ts'
import { shortNameDomains } from '../../transport/registry/short-names.ts'
import type { Engine } from '../engine.ts'

export interface ResolvedImage {
  readonly record: ImageRecord
  /** The stored reference that matched; undefined when an id or a bare digest did. */
  readonly name: string | undefined
}

export interface ResolvedList {
  readonly list: ManifestListRecord
  readonly name: string | undefined
}

/** @throws not-found `image-unknown`; invalid `image-ambiguous`, `reference-malformed` */
export async function resolveImage(engine: Engine, text: string): Promise<ResolvedImage> {
  const found = await resolveStored(engine, text)
  if ('record' in found) return found
  const { findInstance, instanceUnknown } = await import('../manifest/instance.ts')
  const record = findInstance(engine, found.list, undefined)
  if (record === undefined) throw instanceUnknown(text)
  return { record, name: found.name }
}

/** undefined if there is none; of a list its image for `platform` (the host's). @throws invalid `image-ambiguous`, `reference-malformed` */
export async function findImage(
  engine: Engine,
  text: string,
  platform?: Platform | undefined,
): Promise<ResolvedImage | undefined> {
  const found = await findStored(engine, text)
  if (found === undefined || 'record' in found) return found
  const { findInstance } = await import('../manifest/instance.ts')
  const record = findInstance(engine, found.list, platform)
  return record === undefined ? undefined : { record, name: found.name }
}

/** A list as such. @throws as resolveImage */
export async function resolveStored(engine: Engine, text: string): Promise<ResolvedImage | ResolvedList> {
  const found = await findStored(engine, text)
  if (found !== undefined) return found
  throw imageUnknown(text)
}

/** As resolveStored, but undefined if there is none. */
export async function findStored(engine: Engine, text: string): Promise<ResolvedImage | ResolvedList | undefined> {
  return (await byId(engine, text)) ?? byBareDigest(engine, text) ?? (await byName(engine, text))
}

export function imageUnknown(text: string): EngineError {
  return new EngineError({ kind: 'not-found', code: 'image-unknown', message: `${text}: image not known` })
}

async function byId(engine: Engine, text: string): Promise<ResolvedImage | ResolvedList | undefined> {
  const hex = text.replace(/^sha256:/, '')
  if (!/^[0-9a-f]{1,64}$/.test(hex)) return undefined
  const exact = hex.length === 64 ? await atId(engine, hex, undefined) : undefined
  if (exact !== undefined) return exact
  const lists = existsSync(paths.manifestLists(engine.at)) ? (await manifestLists()).manifestListIds(engine.at) : []
  const ids = [...listImageIds(engine.at), ...lists].filter((id) => id.startsWith(hex))
  if (ids.length > 1 && hex.length >= 3) throw ambiguous(text, ids)
  return ids.length === 1 ? atId(engine, ids[0] as string, undefined) : undefined
}

async function atId(
  engine: Engine,
  id: string,
  name: string | undefined,
): Promise<ResolvedImage | ResolvedList | undefined> {
  const record = readImage(engine.at, id)
  if (record !== undefined) return { record, name }
  if (!existsSync(paths.manifestList(engine.at, id))) return undefined
  const list = (await manifestLists()).readManifestList(engine.at, id)
  return list === undefined ? undefined : { list, name }
}

/** Loaded where there are any. */
async function manifestLists() {
  return import('../../transport/manifest-lists.ts')
}

function byBareDigest(engine: Engine, text: string): ResolvedImage | undefined {
  const digest = text.startsWith('@') ? text.slice(1) : text
  if (!isDigest(digest)) return undefined
  const record = listImages(engine.at).find((image) => digestsOf(image).includes(digest))
  return record === undefined ? undefined : { record, name: undefined }
}

async function byName(engine: Engine, text: string): Promise<ResolvedImage | ResolvedList | undefined> {
  if (isDigest(text) || isFullId(text)) return undefined
  const typed = parseTypedReference(text)
  const domains = typed.domain === undefined ? await shortNameDomains(engine.settings.registriesConf, typed) : ['']
  for (const candidate of domains) {
    const found = await byReference(engine, candidate, typed)
    if (found !== undefined) return found
  }
  return typed.domain === undefined ? bySuffix(engine, typed) : undefined
}

/** `candidate` is a domain, or the whole repository that an alias stands for. */
async function byReference(
  engine: Engine,
  candidate: string,
  typed: TypedReference,
): Promise<ResolvedImage | ResolvedList | undefined> {
  const slash = candidate.indexOf('/')
  const reference =
    slash === -1
      ? qualify(typed, candidate)
      : { ...typed, domain: candidate.slice(0, slash), path: candidate.slice(slash + 1) }
  const complete = withDefaultTag(reference)
  const exact = await named(engine, readName(engine.at, printReference(complete)))
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
async function bySuffix(engine: Engine, typed: TypedReference): Promise<ResolvedImage | ResolvedList | undefined> {
  if (typed.digest !== undefined) return undefined
  const wanted = `/${typed.path}:${typed.tag ?? 'latest'}`
  const matching = listNames(engine.at)
    .filter((name) => name.reference.endsWith(wanted))
    .sort((a, b) => b.taggedAt.localeCompare(a.taggedAt))
  for (const name of matching) {
    const found = await named(engine, name)
    if (found !== undefined) return found
  }
  return undefined
}

async function named(engine: Engine, name: ImageName | undefined): Promise<ResolvedImage | ResolvedList | undefined> {
  return name === undefined ? undefined : atId(engine, name.imageId, name.reference)
}

function ambiguous(text: string, ids: readonly string[]): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'image-ambiguous',
    message: `image name "${text}" is ambiguous: it begins ${ids.length} image ids`,
    hint: 'Type more of the id.',
  })
}
