// Working containers: buildah's, from which images are made by hand. Each is a container of ours that is never started, with a mark in its spec
// and, once something was configured, a record of the image that it is to become.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { type JsonObject, parseBoundedJson } from '../../image/bounded-json.ts'
import { maxConfigBytes } from '../../image/config.ts'
import type { ImageRecord } from '../../image/record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { currentSchema, readRecord, type Versioned, writeRecord } from '../../state/record.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { readImage } from '../../transport/image-records.ts'
import { type DraftHistory, draftOf, type ImageDraft } from '../build/image-draft.ts'
import type { ImageFormat } from '../container/commit-config.ts'
import { allContainers, selectContainer } from '../container/select.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isWorking, workingMark } from './is-working.ts'

/** The base of a container `from scratch`: an image without layers and without a name. */
export const scratchName = 'scratch'

/** What `config` decides, beside the image's own config. */
export interface WorkingImage {
  readonly draft: Omit<ImageDraft, 'stack'>
  readonly annotations: Readonly<Record<string, string>>
  readonly format: ImageFormat
  /** Of the history's entry that a commit adds. */
  readonly createdBy?: string
  readonly comment?: string
  /** Of steps that were told to leave their mark: --add-history. */
  readonly steps: readonly DraftHistory[]
}

interface WorkingRecord extends Versioned {
  readonly image: WorkingImage
}

/** @throws not-found `container-unknown`; conflict `container-not-working` */
export function selectWorking(engine: Engine, name: string): StoredContainer {
  const container = selectContainer(engine, name)
  if (isWorking(container)) return container
  throw new EngineError({
    kind: 'conflict',
    code: 'container-not-working',
    message: `'${container.name}' is no working container`,
    hint: 'Make one of its image: buildah from IMAGE',
  })
}

/** Newest last. Lock-free. */
export function workingContainers(at: Layout): StoredContainer[] {
  return allContainers(at).filter(isWorking).reverse()
}

/** What it is to become. Lock-free; whoever changes it holds the container's lock. */
export function readWorking(engine: Engine, container: StoredContainer): WorkingImage {
  return readRecord<WorkingRecord>(recordPath(engine.at, container.id))?.image ?? fresh(engine, container)
}

/** Durable. The container's lock is held. */
export function writeWorking(engine: Engine, { id }: StoredContainer, image: WorkingImage): void {
  writeRecord<WorkingRecord>(recordPath(engine.at, id), { schema: currentSchema, image })
}

/** @throws corrupt `image-missing` */
export function baseImage(engine: Engine, { name, stored }: StoredContainer): ImageRecord {
  const record = stored.image === undefined ? undefined : readImage(engine.at, stored.image.id)
  if (record !== undefined) return record
  throw new EngineError({
    kind: 'corrupt',
    code: 'image-missing',
    message: `the image of working container '${name}' is gone`,
  })
}

export function isFromScratch({ stored }: StoredContainer): boolean {
  return stored.spec.annotations[workingMark] === scratchName
}

export function baseDocument(engine: Engine, record: ImageRecord): JsonObject {
  return parseBoundedJson(readSmallBlob(engine.at, record.configDigest, maxConfigBytes), {
    what: 'image config',
    maxBytes: maxConfigBytes,
  })
}

function fresh(engine: Engine, container: StoredContainer): WorkingImage {
  const record = baseImage(engine, container)
  const name = isFromScratch(container) ? scratchName : (container.stored.image?.name ?? record.id)
  const { stack: _, ...draft } = draftOf(baseDocument(engine, record), name, [])
  return { draft, annotations: {}, format: 'oci', steps: [] }
}

function recordPath(at: Layout, id: string): string {
  return join(paths.container(at, id), containerFiles.root.working)
}
