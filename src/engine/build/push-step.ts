// A step's result to another place: its layer, packed as the place wants it, its document, and the manifest that names both.

import { digestOf } from '../../base/digest.ts'
import { mediaTypes } from '../../image/manifest.ts'
import { oneChunk } from '../../transport/archive-sink.ts'
import { bringLayer } from '../../transport/bring-layer.ts'
import { sendBlob } from '../../transport/send-blob.ts'
import { storedBlobs } from '../../transport/store-source.ts'
import type { Engine } from '../engine.ts'
import type { StepResult } from './build-cache.ts'
import type { CacheWriter } from './cache-writers.ts'
import { stepDocument, stepManifest, stepMediaType } from './step-document.ts'

/** Its blob is in the store, pinned. Idempotent. @throws what the target throws; nothing is visible there then, or what was before */
export async function pushStep(
  { at, signal }: Engine,
  writer: CacheWriter,
  { tag, result }: { readonly tag: string; readonly result: StepResult },
): Promise<void> {
  await using target = await writer.open(tag)
  const way = { at, signal, report: () => undefined, source: storedBlobs(at), target, options: {} }
  const { layer } = result
  const own = layer && { mediaType: layer.mediaType, digest: layer.blob, size: layer.blobBytes }
  const sent = own === undefined ? undefined : await bringLayer(way, own, { format: 'oci' })
  const document = stepDocument(result)
  const config = { mediaType: stepMediaType, digest: digestOf(document), size: document.length }
  await sendBlob(way, { ...config, open: (offset) => oneChunk(document.subarray(offset)) })
  await target.putManifest(stepManifest({ config, layer: sent }), mediaTypes.ociManifest)
  await target.finish()
}
