// Keeps what images consist of in the store while it is read from there.

import type { ImageRecord } from '../../image/record.ts'
import { pinContent } from '../../transport/pin.ts'
import type { Engine } from '../engine.ts'

/** Until disposed. */
export async function pinImages(engine: Engine, records: readonly ImageRecord[]): Promise<Disposable> {
  const blobs = records.flatMap((record) => [
    record.configDigest,
    record.manifestDigest,
    ...(record.signatures ?? []),
    ...record.layers.map((layer) => layer.blob),
  ])
  return pinContent(engine.at, { blobs, layers: [] }, engine.patience)
}
