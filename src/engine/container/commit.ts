// commit: an image of what a container is now: its image's layers, one more with what it changed, and its configuration.

import { closeSync, constants, openSync } from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { maxConfigBytes } from '../../image/config.ts'
import type { ChangedConfig } from '../../image/config-changes.ts'
import { mediaTypes } from '../../image/manifest.ts'
import type { ImageRecord } from '../../image/record.ts'
import { lowerFolders } from '../../storage/lower-layers.ts'
import { packChanges, packWhole } from '../../storage/pack-changes.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { composeImage } from '../../transport/copy.ts'
import { readImage } from '../../transport/image-records.ts'
import { type StagedLayer, stageLayer } from '../../transport/stage-layer.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from '../image/copy-context.ts'
import { targetName } from '../image/tag.ts'
import { committedConfig, committedManifest, type ImageFormat } from './commit-config.ts'
import { upperOf } from './diff.ts'
import { freeze, thaw } from './freeze.ts'
import { lockContainer } from './lock-container.ts'
import { capabilityInside, ownersInside } from './owners.ts'
import { mountInPassing } from './passing-mount.ts'
import { runtimeTraces } from './runtime-traces.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface CommitRequest {
  readonly container: ContainerRef
  /** Tag for the image, completed as `tag` does. */
  readonly name?: string
  /** The later ones win. */
  readonly changes: readonly ChangedConfig[]
  readonly author: string
  readonly message: string
  readonly format: ImageFormat
  readonly includesVolumes: boolean
  /** No process of the container runs while it is read. */
  readonly isPaused: boolean
  /** One layer with all that the container sees. */
  readonly isSquashed: boolean
}

/**
 * The container's lock is held meanwhile. When it throws, or is killed, no image is there.
 * @throws unsupported `commit-of-rootfs`, `layer-compression`; not-found `container-unknown`; corrupt `image-missing`
 */
export async function commit(engine: Engine, request: CommitRequest): Promise<ImageRecord> {
  const names = request.name === undefined ? [] : [targetName(request.name)]
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  const base = baseOf(engine, container)
  using layer = await stageChanges(engine, container, request)
  const config = committedConfig({
    ...request,
    base: parseBoundedJson(readSmallBlob(engine.at, base.configDigest, maxConfigBytes), configBounds),
    spec: container.stored.spec,
    createdAt: engine.clock.now(),
    baseName: container.stored.image?.name ?? base.id,
    diffId: layer.digest,
  })
  const kept = base.layers.map(({ mediaType, blob, blobBytes }) => ({ mediaType, digest: blob, size: blobBytes }))
  const own = { mediaType: mediaTypes.ociLayer, digest: layer.digest, size: layer.size }
  const manifest = committedManifest(config, [...(request.isSquashed ? [] : kept), own], request.format)
  const image = { manifest, config, bringBlobs: () => layer.publish() }
  const { record } = await composeImage(copyContext(engine), image, { names })
  engine.events.append({ ...eventSubject(container), status: 'commit' })
  return record
}

const configBounds = { what: 'image config', maxBytes: maxConfigBytes }

function baseOf(engine: Engine, { name, stored }: StoredContainer): ImageRecord {
  if (stored.spec.source.kind === 'rootfs') {
    throw new EngineError({
      kind: 'unsupported',
      code: 'commit-of-rootfs',
      message: 'cannot commit a container that uses an exploded rootfs',
      hint: `Make an image of it: gantry export ${name} | gantry import -`,
    })
  }
  const record = stored.image === undefined ? undefined : readImage(engine.at, stored.image.id)
  if (record !== undefined) return record
  throw new EngineError({
    kind: 'corrupt',
    code: 'image-missing',
    message: `the image ${stored.image?.name ?? ''} of container '${name}' is gone`,
    hint: `Make an image without it: gantry export ${name} | gantry import -`,
  })
}

/** What the container has written, or all that it sees. The container's lock is held. */
export async function stageChanges(
  engine: Engine,
  container: StoredContainer,
  request: Pick<CommitRequest, 'isPaused' | 'isSquashed'>,
): Promise<StagedLayer> {
  await using _pause = await frozen(engine, container, request.isPaused)
  await using mounted = mountInPassing(engine, container)
  const root = openSync(mounted.path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    engine.report({ type: 'step', message: 'Getting image source signatures' })
    const layer = await stageLayer(
      engine.at,
      pack(engine, container, { root, ...request, path: mounted.path }),
      engine.signal,
    )
    engine.report({ type: 'step', message: `Copying blob ${layer.digest}` })
    return layer
  } finally {
    closeSync(root)
  }
}

interface Seen {
  readonly root: number
  readonly path: string
  readonly isSquashed: boolean
}

function pack(engine: Engine, container: StoredContainer, { root, path, isSquashed }: Seen): Iterable<Uint8Array> {
  const { whiteouts: style } = engine.storage()
  const lowers = lowerFolders(engine.at, container.stored.layers.at(-1))
  const rules = {
    ownerOf: ownersInside(engine, container),
    xattrOf: capabilityInside(engine, container),
    isLeftOut: runtimeTraces(engine, container, { lowers, style, root }),
  }
  if (isSquashed) return packWhole(root, rules)
  const folder = style === 'vfs' ? path : upperOf(engine, container)
  return packChanges({ folder, isWhole: style === 'vfs', lowers, style }, root, rules)
}

/** While it is committed. The container's lock is held. */
async function frozen(engine: Engine, container: StoredContainer, isWanted: boolean): Promise<AsyncDisposable> {
  const isRunning = container.live.status === 'running' && container.record.last.status === 'started'
  const isFrozen = isWanted && isRunning && (await freeze(engine, container))
  return {
    async [Symbol.asyncDispose]() {
      if (isFrozen) await thaw(engine, container)
    },
  }
}
