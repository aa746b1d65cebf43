// The layers of a container with a user namespace of its own: shifted copies, made at creation and shared by all containers with the same
// mapping. (An unprivileged user cannot map the ids of an overlay's mount: mount_setattr(2) wants privilege in the file system's own
// user namespace.)

import type { Digest } from '../../base/digest.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import type { IdMapping } from '../../spec/oci-config.ts'
import { mapLayer, mappedChainId, type OwnerMapping } from '../../storage/map-layer.ts'
import { pinContent } from '../../transport/pin.ts'
import type { Engine } from '../engine.ts'

export interface ContainerLayers extends Disposable {
  /** Chain ids, lowest first. Kept from being collected until disposed. */
  readonly layers: readonly Digest[]
}

/** @throws as mapLayer */
export async function layersFor(
  engine: Engine,
  layers: readonly Digest[],
  mappings: IdMappings | undefined,
): Promise<ContainerLayers> {
  if (mappings === undefined || isIdentity(mappings)) return { layers, [Symbol.dispose]: () => undefined }
  const mapping = ownerMapping(mappings)
  const mapped = layers.map((layer) => mappedChainId(layer, mapping))
  const pin = await pinContent(engine.at, { blobs: [], layers: [...layers, ...mapped] }, engine.patience)
  try {
    for (const layer of layers) await mapLayer(engine.at, layer, { mapping, patience: engine.patience })
    return { layers: mapped, [Symbol.dispose]: () => pin[Symbol.dispose]() }
  } catch (error) {
    pin[Symbol.dispose]()
    throw error
  }
}

function ownerMapping({ uids, gids }: IdMappings): OwnerMapping {
  return {
    key: JSON.stringify([uids, gids]),
    ownerOf: ({ uid, gid }) => ({ uid: outsideId(uid, uids), gid: outsideId(gid, gids) }),
  }
}

function isIdentity({ uids, gids }: IdMappings): boolean {
  const isSame = ({ containerID, hostID }: IdMapping) => containerID === hostID
  return uids.every(isSame) && gids.every(isSame)
}
