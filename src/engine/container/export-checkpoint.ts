// A checkpoint that leaves its container: as a file, or as an image.

import { arch, release } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'
import { digestOf } from '../../base/digest.ts'
import { mediaTypes } from '../../image/manifest.ts'
import { hostPlatform } from '../../image/platform.ts'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { lastingWriter } from '../../os/descriptor-writer.ts'
import { criuVersion } from '../../runtime/criu.ts'
import { composeImage } from '../../transport/copy.ts'
import { openOutputFile } from '../../transport/output-file.ts'
import { stageLayer } from '../../transport/stage-layer.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from '../image/copy-context.ts'
import { targetName } from '../image/tag.ts'
import { distribution } from '../system/host-facts.ts'
import { checkpointAnnotation, checkpointAnnotations } from './checkpoint-annotations.ts'
import { type PackWishes, packCheckpoint } from './pack-checkpoint.ts'
import type { StoredContainer } from './stored-container.ts'

export type CheckpointCompression = 'none' | 'gzip' | 'zstd'

export interface ExportTarget extends Disposable {
  /** The container's lock is held; what it had mounted is mounted still. Only then there is a file. */
  fill(container: StoredContainer, wishes: PackWishes): Promise<void>
}

/** Before anything is stopped for it. @throws denied `output-unwritable` */
export async function openExport(
  engine: Engine,
  path: string,
  compression: CheckpointCompression,
): Promise<ExportTarget> {
  const file = await openOutputFile(path, 0o600)
  return {
    async fill(container, wishes) {
      const source = Readable.from(packCheckpoint(engine, container, wishes), { objectMode: false })
      const steps = { none: [], gzip: [createGzip()], zstd: [createZstdCompress()] }[compression]
      await pipeline([source, ...steps, lastingWriter(file.fd)], { signal: engine.signal })
      await file.publish()
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

/** An image whose only layer is the archive, and whose annotations say what it is of. When it throws, no image is there. */
export async function createCheckpointImage(
  engine: Engine,
  container: StoredContainer,
  { name, wishes }: { readonly name: string; readonly wishes: PackWishes },
): Promise<void> {
  const names = [targetName(name)]
  using layer = await stageLayer(engine.at, packCheckpoint(engine, container, wishes), engine.signal)
  const created = engine.clock.now()
  const { architecture, os } = hostPlatform()
  const rootfs = { type: 'layers', diff_ids: [layer.digest] }
  const config = toBytes({
    created,
    architecture,
    os,
    config: {},
    rootfs,
    history: [{ created, created_by: 'checkpoint' }],
  })
  const manifest = toBytes({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: mediaTypes.ociLayer, digest: layer.digest, size: layer.size }],
    annotations: await annotationsOf(container),
  })
  // A checkpoint prints its container's name alone.
  const context = { ...copyContext(engine), report: () => undefined }
  await composeImage(context, { manifest, config, bringBlobs: () => layer.publish() }, { names })
}

async function annotationsOf({ name, stored }: StoredContainer): Promise<Record<string, string>> {
  const { distribution: distributionName, version } = distribution()
  const { source } = stored.spec
  return {
    [checkpointAnnotation]: name,
    [checkpointAnnotations.rawImageName]: source.kind === 'image' ? source.reference : '',
    [checkpointAnnotations.imageId]: stored.image?.id ?? '',
    [checkpointAnnotations.imageName]: stored.image?.name ?? '',
    [checkpointAnnotations.criu]: String((await criuVersion()).number),
    [checkpointAnnotations.runtime]: stored.runtime.name,
    [checkpointAnnotations.architecture]: arch() === 'x64' ? 'amd64' : arch(),
    [checkpointAnnotations.kernel]: release(),
    [checkpointAnnotations.cgroups]: isUnifiedCgroup() ? 'v2' : 'v1',
    [checkpointAnnotations.distribution]: distributionName,
    [checkpointAnnotations.distributionVersion]: version,
  }
}

function toBytes(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document))
}
