// Images: records, names (manifest lists' too), blobs and the OCI index.

import { basename } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { paths } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { blobSize, isBlobIntact } from '../../transport/blob-store.ts'
import { damagedNameFiles, listImageIds, listNames, namesOf, readImage } from '../../transport/image-records.ts'
import { dropImage, dropName, lockImages } from '../../transport/image-store.ts'
import { manifestListIds } from '../../transport/manifest-lists.ts'
import { isOciIndexCurrent, writeOciIndex } from '../../transport/oci-index.ts'
import type { Engine } from '../engine.ts'
import type { CheckOptions } from './check.ts'
import { healLayer } from './heal-layer.ts'
import type { Problem } from './problem.ts'

export async function checkImages(engine: Engine, options: CheckOptions): Promise<Problem[]> {
  const problems: Problem[] = [...damagedNames(engine), ...danglingNames(engine)]
  const seen = new Set<Digest>()
  for (const id of listImageIds(engine.at)) {
    const image = readOrDamaged(engine, id)
    if (image === 'damaged') problems.push(damagedRecord(engine, id))
    else if (image !== undefined) {
      problems.push(...missingLayers(engine, image), ...(await checkBlobs(engine, image, { seen, options })))
    }
  }
  return [...problems, ...staleIndex(engine)]
}

function readOrDamaged(engine: Engine, id: string): ImageRecord | 'damaged' | undefined {
  try {
    return readImage(engine.at, id)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'damaged'
    throw error
  }
}

function damagedRecord(engine: Engine, id: string): Problem {
  return {
    code: 'image-record-unreadable',
    message: `the record of image ${id.slice(0, 12)}${calledText(engine, id)} is damaged: pull or load it again`,
    remove: async () => removeImage(engine, id),
  }
}

async function removeImage(engine: Engine, id: string): Promise<void> {
  using _lock = await lockImages(engine.at, engine.patience)
  for (const name of namesOf(listNames(engine.at), id)) dropName(engine.at, name)
  dropImage(engine.at, id)
  writeOciIndex(engine.at)
}

function damagedNames(engine: Engine): Problem[] {
  return damagedNameFiles(engine.at).map((path) => ({
    code: 'image-name-unreadable',
    message: `the image name '${decodeURIComponent(basename(path, '.json'))}' is damaged: tag its image again`,
    remove: () => removeFile(path),
  }))
}

function danglingNames(engine: Engine): Problem[] {
  const ids = new Set([...listImageIds(engine.at), ...manifestListIds(engine.at)])
  return listNames(engine.at)
    .filter((name) => !ids.has(name.imageId))
    .map(({ reference, imageId }) => ({
      code: 'image-name-dangling',
      message: `the image name '${reference}' leads to image ${imageId.slice(0, 12)}, which is not there`,
      heal: async () => {
        using _lock = await lockImages(engine.at, engine.patience)
        const isThere = [...listImageIds(engine.at), ...manifestListIds(engine.at)].includes(imageId)
        if (!isThere) dropName(engine.at, reference)
      },
    }))
}

function missingLayers(engine: Engine, image: ImageRecord): Problem[] {
  return image.layers
    .filter(({ chainId }) => isLayerMissing(engine, chainId))
    .map(({ chainId }) => ({
      code: 'image-layer-missing',
      message: `layer ${chainId} of image ${image.id.slice(0, 12)}${calledText(engine, image.id)} is not unpacked`,
      heal: async () => healLayer(engine, chainId),
      remove: async () => removeImage(engine, image.id),
    }))
}

/** A damaged one is check-layers.ts's. */
function isLayerMissing(engine: Engine, chainId: Digest): boolean {
  try {
    return layerRecord(engine.at, chainId) === undefined
  } catch {
    return false
  }
}

interface Round {
  /** Blobs that were looked at: images share them. */
  readonly seen: Set<Digest>
  readonly options: CheckOptions
}

async function checkBlobs(engine: Engine, image: ImageRecord, { seen, options }: Round): Promise<Problem[]> {
  const documents = [image.manifestDigest, image.configDigest, ...(image.signatures ?? [])]
  const layers = image.layers.map((layer) => layer.blob)
  const problems: Problem[] = []
  for (const digest of [...documents, ...layers]) {
    if (seen.has(digest)) continue
    seen.add(digest)
    const isThere = blobSize(engine.at, digest) !== undefined
    // Layers' blobs may have been given up with `image prune --blobs`.
    if (!isThere && documents.includes(digest)) problems.push(missingBlob(engine, image, digest))
    if (isThere && !(await isIntact(engine, image, { digest, options })))
      problems.push(damagedBlob(engine, image, digest))
  }
  return problems
}

async function isIntact(
  engine: Engine,
  image: ImageRecord,
  { digest, options }: { digest: Digest; options: CheckOptions },
): Promise<boolean> {
  const wanted = image.layers.find((layer) => layer.blob === digest)?.blobBytes
  if (wanted !== undefined && blobSize(engine.at, digest) !== wanted) return false
  return options.isQuick || (await isBlobIntact(engine.at, digest))
}

function missingBlob(engine: Engine, image: ImageRecord, digest: Digest): Problem {
  return {
    code: 'image-blob-missing',
    message: `blob ${digest} of image ${image.id.slice(0, 12)}${calledText(engine, image.id)} is missing: pull or load the image again`,
    remove: async () => removeImage(engine, image.id),
  }
}

function damagedBlob(engine: Engine, image: ImageRecord, digest: Digest): Problem {
  return {
    code: 'image-blob-damaged',
    message: `blob ${digest} of image ${image.id.slice(0, 12)}${calledText(engine, image.id)} is damaged: pull or load the image again`,
    heal: () => {
      // Worth nothing, it would pass for the real one at the next pull.
      removeFile(paths.blob(engine.at, digest))
      throw new EngineError({ kind: 'corrupt', code: 'blob-damaged', message: 'it was taken away' })
    },
  }
}

function staleIndex(engine: Engine): Problem[] {
  if (isOciIndexCurrent(engine.at) || isLockHeld(paths.imagesLock(engine.at))) return []
  return [
    {
      code: 'oci-index-stale',
      message: `'${paths.ociIndex(engine.at)}' does not list the images that are there`,
      heal: async () => {
        using _lock = await lockImages(engine.at, engine.patience)
        writeOciIndex(engine.at)
      },
    },
  ]
}

function calledText(engine: Engine, id: string): string {
  const [name] = namesOf(listNames(engine.at), id)
  return name === undefined ? '' : ` (${name})`
}
