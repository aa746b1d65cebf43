// buildah commit: an image of what a working container has become.

import { defined } from '../../base/defined.ts'
import { mediaTypes } from '../../image/manifest.ts'
import type { ImageRecord } from '../../image/record.ts'
import { composeImage } from '../../transport/copy.ts'
import { draftDocument } from '../build/image-draft.ts'
import { stackOf } from '../build/stack.ts'
import { stageChanges } from '../container/commit.ts'
import { committedManifest, type ImageFormat } from '../container/commit-config.ts'
import { lockContainer } from '../container/lock-container.ts'
import { removeLocked } from '../container/remove-locked.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import { eventSubject } from '../container/sweep.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from '../image/copy-context.ts'
import { targetName } from '../image/tag.ts'
import { baseImage, readWorking, type WorkingImage } from './working-container.ts'

export interface WorkingCommit {
  readonly container: ContainerRef
  readonly name?: string
  /** The container's own unless said. */
  readonly format?: ImageFormat
  /** One layer with all that the container sees, and no history of the base's. */
  readonly isSquashed: boolean
  readonly hasHistory: boolean
  /** Of the image and its history; now unless said. */
  readonly createdAt?: string
  /** The container goes with it. */
  readonly removesContainer: boolean
}

/** When it throws, or is killed, no image is there. The container's lock is held meanwhile. @throws as commit */
export async function commitWorking(engine: Engine, request: WorkingCommit): Promise<ImageRecord> {
  const names = request.name === undefined ? [] : [targetName(request.name)]
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  const base = baseImage(engine, container)
  const image = readWorking(engine, container)
  const format = request.format ?? image.format
  const { isSquashed } = request
  using layer = await stageChanges(engine, container, { isPaused: false, isSquashed })
  const createdAt = request.createdAt ?? engine.clock.now()
  const kept = isSquashed ? [] : base.layers
  const stack = [...stackOf({ layers: kept }), { diffId: layer.digest }]
  const history = request.hasHistory ? historyOf(image, { createdAt, isSquashed }) : []
  const config = draftDocument({ ...image.draft, created: createdAt, history, stack }, format)
  const layers = kept.map(({ mediaType, blob, blobBytes }) => ({ mediaType, digest: blob, size: blobBytes }))
  const own = { mediaType: mediaTypes.ociLayer, digest: layer.digest, size: layer.size }
  const manifest = withAnnotations(committedManifest(config, [...layers, own], format), image, format)
  const composed = { manifest, config, bringBlobs: () => layer.publish() }
  const { record } = await composeImage(copyContext(engine), composed, { names })
  engine.events.append({ ...eventSubject(container), status: 'commit' })
  if (request.removesContainer) await removeLocked(engine, container, { removesVolumes: true })
  return record
}

interface Committed {
  readonly createdAt: string
  readonly isSquashed: boolean
}

function historyOf({ draft, steps, createdBy, comment }: WorkingImage, { createdAt, isSquashed }: Committed) {
  const own = {
    created: createdAt,
    created_by: createdBy ?? '/bin/sh',
    ...defined({ author: draft.author === '' ? undefined : draft.author }),
    comment: comment ?? `FROM ${draft.from ?? 'scratch'}`,
  }
  return [...(isSquashed ? [] : draft.history), ...steps, own]
}

/** Docker's manifests have none. */
function withAnnotations(manifest: Buffer, { annotations }: WorkingImage, format: ImageFormat): Buffer {
  if (format === 'docker' || Object.keys(annotations).length === 0) return manifest
  return Buffer.from(JSON.stringify({ ...(JSON.parse(manifest.toString()) as object), annotations }))
}
