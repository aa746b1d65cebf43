// A docker-archive as an ImageTarget: one image, its layers unpacked and named by what they are then.

import { EngineError } from '../base/errors.ts'
import { maxConfigBytes, parseImageConfig } from '../image/config.ts'
import { mediaTypes, parseManifest } from '../image/manifest.ts'
import { addBytes } from './archive-sink.ts'
import { readSmallFrom } from './bring-blob.ts'
import { type ArchivedImage, configFile, finishDockerArchive, layerFile } from './docker-archive-index.ts'
import type { ImageTarget } from './image-target.ts'
import { type SinkPlace, sinkTarget } from './sink-target.ts'

/** `names` are full references with a tag. It throws unsupported `list-unsupported` for a list of images; corrupt `layers-mismatch`. */
export function dockerArchiveTarget(place: SinkPlace, names: readonly string[]): ImageTarget {
  let config: Buffer | undefined
  let image: ArchivedImage | undefined
  const layers = sinkTarget(place, { written: new Set(), packing: 'unpack', nameOf: ({ digest }) => layerFile(digest) })
  const isConfig = ({ mediaType }: { mediaType: string }) =>
    ['', mediaTypes.ociConfig, mediaTypes.dockerConfig].includes(mediaType)
  return {
    ...layers,
    hasBlob: async (blob) => !isConfig(blob) && layers.hasBlob(blob),
    putBlob: async (blob) => {
      if (!isConfig(blob)) return layers.putBlob(blob)
      config = await readSmallFrom({ openBlob: () => blob.open(0) }, blob, maxConfigBytes)
      await addBytes(place.sink, configFile(blob.digest), config)
    },
    putManifest: async (bytes, mediaType, digest) => {
      const manifest = parseManifest(bytes, mediaType)
      if (manifest.kind === 'index' || digest !== undefined) throw listRefused(place)
      if (config === undefined) throw new Error('a manifest came before its config')
      const { diffIds } = parseImageConfig(config)
      if (diffIds.join() !== manifest.layers.map(({ digest }) => digest).join()) throw otherLayers(place)
      image = { config, configDigest: manifest.config.digest, diffIds, names }
    },
    finish: async () => finishDockerArchive(place.sink, image === undefined ? [] : [image]),
  }
}

function listRefused({ label }: SinkPlace): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'list-unsupported',
    message: `${label} holds images, not a list of several for other platforms`,
    hint: 'Copy one of them: leave out --all.',
  })
}

function otherLayers({ label }: SinkPlace): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layers-mismatch',
    message: `writing ${label}: the layers are not those that the image's config names`,
  })
}
