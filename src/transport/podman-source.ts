// An image of podman's store as an ImageSource. Its layers are kept there unpacked, so they come out plain: the manifest says so, and the
// config, and with it the image's id, stays.

import { EngineError } from '../base/errors.ts'
import { maxConfigBytes } from '../image/config.ts'
import { convertManifest, formatOf } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { type ImageManifest, manifestLimits, mediaTypes, parseManifest } from '../image/manifest.ts'
import { oneChunk } from './archive-sink.ts'
import type { ImageSource } from './image-source.ts'
import type { PodmanImage, PodmanLayer, PodmanStore } from './podman-store.ts'
import { joinLayer } from './tar-split.ts'

/** The store stays the caller's. @throws corrupt `podman-store-damaged`; unsupported `list-unsupported`, `podman-layer-partial` */
export function podmanSource(store: PodmanStore, image: PodmanImage): ImageSource {
  const { bytes, manifest } = readManifest(store, image)
  const layers = store.layersOf(image)
  if (layers.length !== manifest.layers.length) throw otherLayers(image)
  const format = formatOf(manifest.mediaType)
  const plain = convertManifest(bytes, manifest, { format, layers: layers.map((layer) => plainLayer(layer, format)) })
  return {
    label: `containers-storage:[${store.label}]@${image.id}`,
    parallelBlobs: 2,
    readManifest: async () => ({ bytes: plain, mediaType: manifest.mediaType }),
    openBlob: ({ digest }, offset) => {
      const layer = layers.find(({ diffId }) => diffId === digest)
      if (layer !== undefined) return skipping(joinLayer(layer), offset)
      return oneChunk(store.readDocument(image, digest, maxConfigBytes).subarray(offset))
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function readManifest(store: PodmanStore, image: PodmanImage): { bytes: Buffer; manifest: ImageManifest } {
  const bytes = store.readDocument(image, 'manifest', manifestLimits.maxBytes)
  const manifest = parseManifest(bytes)
  if (manifest.kind === 'manifest') return { bytes, manifest }
  throw new EngineError({
    kind: 'unsupported',
    code: 'list-unsupported',
    message: `${image.names[0] ?? image.id} is a list of images in podman's store, not an image`,
    hint: 'Copy the images that it names.',
  })
}

function plainLayer({ diffId, size }: PodmanLayer, format: 'oci' | 'v2s2'): Descriptor {
  return { mediaType: format === 'oci' ? mediaTypes.ociLayer : mediaTypes.dockerPlainLayer, digest: diffId, size }
}

async function* skipping(content: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes
  for await (const chunk of content) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

function otherLayers({ id }: PodmanImage): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'podman-store-damaged',
    message: `image ${id} of podman's has other layers than its manifest says`,
  })
}
