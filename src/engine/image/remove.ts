// rmi: untag what was named, delete what has no name left, then collect what nothing refers to.

import { existsSync } from 'node:fs'
import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { paths } from '../../state/layout.ts'
import { listImageIds, listNames, namesOf, readImage } from '../../transport/image-records.ts'
import { dropImage, dropName, lockImages } from '../../transport/image-store.ts'
import { dropManifestList, manifestListIds, readManifestList } from '../../transport/manifest-lists.ts'
import { writeOciIndex } from '../../transport/oci-index.ts'
import type { Engine } from '../engine.ts'
import { notAList } from '../manifest/find-list.ts'
import { collectImages } from './collect.ts'
import { containerUses } from './container-use.ts'
import { forgetMounts, isImageMounted } from './mount.ts'
import { findStored, imageUnknown, type ResolvedImage, type ResolvedList, resolveStored } from './resolve.ts'

export interface RemoveOptions {
  readonly areAll: boolean
  /** Removes containers that use the image first. */
  readonly isForced: boolean
  /** What does not exist is no error. */
  readonly isMissingIgnored: boolean
  /** Removes a container and what it runs; needed for `isForced`. */
  readonly removeContainer?: (containerId: string) => Promise<void>
  /** Of `manifest rm`: an image that is no list is an error. */
  readonly areListsWanted?: boolean
}

export interface RemovedImages {
  readonly untagged: readonly string[]
  readonly deleted: readonly string[]
  /** In order; the others were removed all the same. */
  readonly errors: readonly EngineError[]
}

/** Each image on its own: an error with one does not stop the others. One that was named twice is removed once. */
export async function remove(
  engine: Engine,
  images: readonly string[],
  options: RemoveOptions,
): Promise<RemovedImages> {
  const result: Result = { untagged: [], deleted: [], errors: [], layers: [] }
  const texts = options.areAll ? [...listImageIds(engine.at), ...manifestListIds(engine.at)] : images
  const before = await idsOf(engine, options.areAll ? [] : texts)
  for (const text of texts) {
    try {
      await removeOne(engine, text, { options, result })
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      const isFine = options.isMissingIgnored || result.deleted.includes(before.get(text) ?? '')
      if (!(isFine && error.code === 'image-unknown')) result.errors.push(error)
    }
  }
  await forgetBuilt(engine, result.layers)
  if (result.deleted.length > 0) await collectImages(engine)
  return result
}

/** Of the images and lists as they are now. */
async function idsOf(engine: Engine, texts: readonly string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  if (texts.length === 1) return ids
  for (const text of new Set(texts)) {
    const id = await idOf(engine, text)
    if (id !== undefined) ids.set(text, id)
  }
  return ids
}

/** undefined for what its removal complains of. */
async function idOf(engine: Engine, text: string): Promise<string | undefined> {
  try {
    const found = await findStored(engine, text)
    return found === undefined ? undefined : ('list' in found ? found.list : found.record).id
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

interface Result {
  /** Chain ids of the layers of deleted images. */
  readonly layers: Digest[]
  readonly untagged: string[]
  readonly deleted: string[]
  readonly errors: EngineError[]
}

/** As with podman, the steps of a build go with its image: else that would free nothing. Loaded where something was ever built. */
async function forgetBuilt(engine: Engine, layers: readonly Digest[]): Promise<void> {
  if (layers.length === 0 || !existsSync(paths.buildSteps(engine.at))) return
  const { forgetLayers } = await import('../build/forget-layers.ts')
  await forgetLayers(engine, layers)
}

interface Job {
  readonly options: RemoveOptions
  readonly result: Result
}

async function removeOne(engine: Engine, text: string, job: Job): Promise<void> {
  const found = await resolveStored(engine, text)
  if ('list' in found) return removeList(engine, { ...found, text }, job)
  if (job.options.areListsWanted === true) throw notAList(text)
  return removeImage(engine, { ...found, text }, job)
}

async function removeImage(
  engine: Engine,
  { text, ...found }: ResolvedImage & { readonly text: string },
  job: Job,
): Promise<void> {
  if (job.options.isForced && isWhole(engine, found)) await removeContainers(engine, found.record, job.options)
  using _lock = await lockImages(engine.at, engine.patience)
  const record = readImage(engine.at, found.record.id)
  if (record === undefined) throw imageUnknown(text)
  const names = namesOf(listNames(engine.at), record.id)
  if (found.name !== undefined && names.length > 1) {
    untagOne(engine, { name: found.name, record }, job.result)
    return writeIndexIfRoom(engine)
  }
  if (found.name === undefined && names.length > 1 && !job.options.isForced && !job.options.areAll)
    throw severalNames(record, names)
  refuseUsed(engine, record)
  if (isImageMounted(engine, record.id)) throw stillMounted(record)
  for (const name of names) untagOne(engine, { name, record }, job.result)
  forgetMounts(engine.at, record.id)
  dropImage(engine.at, record.id)
  writeIndexIfRoom(engine)
  engine.events.append({ type: 'image', status: 'remove', id: record.id, name: record.id })
  job.result.deleted.push(record.id)
  job.result.layers.push(...record.layers.map(({ chainId }) => chainId))
}

/** The images that the list names stay. */
async function removeList(
  engine: Engine,
  { list, name, text }: ResolvedList & { readonly text: string },
  { options, result }: Job,
): Promise<void> {
  using _lock = await lockImages(engine.at, engine.patience)
  if (readManifestList(engine.at, list.id) === undefined) throw imageUnknown(text)
  const names = namesOf(listNames(engine.at), list.id)
  if (name === undefined && names.length > 1 && !options.isForced && !options.areAll) throw severalNames(list, names)
  const isOneOfSeveral = name !== undefined && names.length > 1
  for (const one of isOneOfSeveral ? [name] : names) untagOne(engine, { name: one, record: list }, result)
  if (!isOneOfSeveral) {
    dropManifestList(engine.at, list.id)
    engine.events.append({ type: 'image', status: 'remove', id: list.id, name: list.id })
    result.deleted.push(list.id)
  }
  writeIndexIfRoom(engine)
}

/** Whether removing `found` would delete the image rather than one of several names. */
function isWhole(engine: Engine, found: ResolvedImage): boolean {
  return found.name === undefined || namesOf(listNames(engine.at), found.record.id).length <= 1
}

function untagOne(
  engine: Engine,
  { name, record }: { name: string; record: Pick<ImageRecord, 'id'> },
  result: Result,
): void {
  dropName(engine.at, name)
  engine.events.append({ type: 'image', status: 'untag', id: record.id, name })
  result.untagged.push(name)
}

async function removeContainers(engine: Engine, record: ImageRecord, options: RemoveOptions): Promise<void> {
  for (const use of containerUses(engine.at)) {
    if (use.imageId === record.id) await options.removeContainer?.(use.containerId)
  }
}

function refuseUsed(engine: Engine, record: ImageRecord): void {
  const users = containerUses(engine.at).filter((use) => use.imageId === record.id)
  if (users.length === 0) return
  const ids = users.map((use) => use.containerId)
  const noun = ids.length === 1 ? 'image used by' : 'image used by containers'
  throw new EngineError({
    kind: 'conflict',
    code: 'image-in-use',
    message: `${noun} ${ids.join(', ')}: image is in use by a container: consider listing external containers and force-removing image`,
    hint: `Remove what uses it: gantry rm ${ids.map((id) => id.slice(0, 12)).join(' ')}`,
  })
}

function stillMounted({ id }: ImageRecord): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'image-mounted',
    message: `image ${id} is mounted`,
    hint: `Unmount it: gantry image unmount --force ${id.slice(0, 12)}`,
  })
}

function severalNames(record: Pick<ImageRecord, 'id'>, names: readonly string[]): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'image-has-names',
    message: `unable to delete image "${record.id}" by ID with more than one tag ([${names.join(' ')}]): please force removal`,
  })
}

/** For other tools only: a full disk must not stop a removal. */
function writeIndexIfRoom(engine: Engine): void {
  try {
    writeOciIndex(engine.at)
  } catch {
    // The next change writes it.
  }
}
