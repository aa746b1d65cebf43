// What is on disk of one unpacked layer: its record and its tree, for those who read. layer-store.ts makes and removes.

import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import type { LayerRecord } from '../image/record.ts'
import { type Layout, paths } from '../state/layout.ts'
import { readRecord } from '../state/record.ts'

/** Lock-free; undefined when there is no such layer. @throws corrupt `record-unreadable` */
export function layerRecord(at: Layout, chainId: Digest): LayerRecord | undefined {
  return readRecord<LayerRecord>(layerRecordPath(at, chainId))
}

/** The folder with the layer's own tree. */
export function layerDiff(at: Layout, chainId: Digest): string {
  return join(paths.layer(at, chainId), 'diff')
}

function layerRecordPath(at: Layout, chainId: Digest): string {
  return join(paths.layer(at, chainId), 'layer.json')
}
