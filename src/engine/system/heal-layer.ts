// A damaged layer, unpacked again from its kept blob; one that nothing uses is thrown away instead.

import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import { removeLayer, repairLayer } from '../../storage/layer-store.ts'
import { hasBlob } from '../../transport/blob-store.ts'
import { listImages } from '../../transport/image-records.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { containerUses } from '../image/container-use.ts'

/** @throws corrupt `blob-missing`, `layer-unrepairable`; conflict `layer-in-use`; what unpacking throws */
export async function healLayer(engine: Engine, chainId: Digest): Promise<void> {
  const users = usersOf(engine, chainId)
  const running = users.find((id) => isRunning(engine, id))
  if (running !== undefined) throw inUse(chainId, running)
  const image = listImages(engine.at).find(({ layers }) => layers.some((layer) => layer.chainId === chainId))
  if (image !== undefined) return unpackAgain(engine, image, chainId)
  if (users.length > 0) throw unrepairable(chainId, users)
  await removeLayer(engine.at, chainId, engine.patience)
}

async function unpackAgain(engine: Engine, image: ImageRecord, chainId: Digest): Promise<void> {
  const { request, context, blob } = layerToUnpack(engine, image, chainId)
  if (!hasBlob(engine.at, blob)) throw blobMissing(blob)
  await repairLayer(engine.at, request, { ...context, report: engine.report })
}

/** How one of the image's layers is unpacked, from a blob that may be missing. */
export function layerToUnpack(engine: Engine, { layers, id }: ImageRecord, chainId: Digest) {
  const index = layers.findIndex((layer) => layer.chainId === chainId)
  const layer = layers[index]
  if (layer === undefined) throw new Error(`image ${id} lost layer ${chainId}`)
  const parent = layers[index - 1]?.chainId
  const { diffId, blob } = layer
  const request = { chainId, diffId, source: paths.blob(engine.at, blob), ...(parent === undefined ? {} : { parent }) }
  const { patience, signal } = engine
  return { blob, request, context: { whiteouts: engine.storage().whiteouts, patience, signal } }
}

function usersOf(engine: Engine, chainId: Digest): string[] {
  return containerUses(engine.at).flatMap((use) => (use.layers.includes(chainId) ? [use.containerId] : []))
}

function isRunning(engine: Engine, id: string): boolean {
  const container = readStoredContainer(engine.at, id)
  return container !== undefined && isAlive(container.live)
}

function inUse(chainId: Digest, id: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'layer-in-use',
    message: `layer ${chainId} is mounted by running container ${id.slice(0, 12)}`,
    hint: `Stop it first: gantry stop ${id.slice(0, 12)}`,
  })
}

function unrepairable(chainId: Digest, users: readonly string[]): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-unrepairable',
    message: `no image has layer ${chainId} any more, which container ${users.map((id) => id.slice(0, 12)).join(', ')} uses`,
  })
}

function blobMissing(digest: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-missing',
    message: `its blob ${digest} is not in the store`,
    hint: 'Pull or load the image again.',
  })
}
