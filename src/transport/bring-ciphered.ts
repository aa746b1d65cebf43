// One layer of a copy that is encrypted or decrypted on its way, in whatever packing the target wants.

import { addRecipients, unwrapSecret } from '../encryption/layer-keys.ts'
import type { Recipients } from '../encryption/recipients.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { isEncrypted } from '../image/encrypted-layer.ts'
import { bringPlain, digestWouldChange, type LayerPlace, type LayerWay, packLayer } from './bring-layer.ts'
import { openLayer, sealLayer } from './cipher-layer.ts'
import { outgoing, sendBlob, verified } from './send-blob.ts'

/**
 * What the layer is there. With both recipients and keys, one that is encrypted already keeps its bytes and gains the recipients.
 * @throws invalid `digest-would-change`; as openLayer, sealLayer and addRecipients; what source and target throw
 */
export async function bringCiphered(way: LayerWay, layer: Descriptor, place: LayerPlace): Promise<Descriptor> {
  const { isDigestKept, decryptionKeys, encryption } = way.options
  if (isDigestKept === true) throw digestWouldChange()
  const recipients = place.isSealed === true ? encryption?.recipients : undefined
  if (isEncrypted(layer)) {
    if (recipients === undefined) return bringOpened(way, layer, place)
    const shared = decryptionKeys && addRecipients(layer, recipients, decryptionKeys)
    if (shared === undefined)
      way.report({ type: 'warning', message: `layer ${layer.digest} is encrypted already, and stays as it is` })
    await sendBlob(way, outgoing(way, layer), 'shown')
    return shared ?? layer
  }
  if (recipients === undefined) throw new Error('a layer that is neither encrypted nor to be')
  return bringSealed(way, layer, { ...place, recipients })
}

async function bringOpened(way: LayerWay, layer: Descriptor, place: LayerPlace): Promise<Descriptor> {
  const keys = way.options.decryptionKeys ?? []
  tell(way, layer, 'transferring')
  // The key is tried before anything is asked for.
  unwrapSecret(layer, keys)
  using opened = await openLayer(way, { blob: layer, content: checked(way, layer) }, keys)
  tell(way, layer, 'done')
  const { mediaType, digest, size, annotations } = opened
  const plain = { mediaType, digest, size, ...(annotations === undefined ? {} : { annotations }) }
  return await bringPlain({ ...way, source: { openBlob: (_blob, offset) => opened.open(offset) } }, plain, place)
}

async function bringSealed(
  way: LayerWay,
  layer: Descriptor,
  place: LayerPlace & { readonly recipients: Recipients },
): Promise<Descriptor> {
  tell(way, layer, 'transferring')
  using packed = await packLayer(way, layer, place)
  const content = packed?.open(0) ?? checked(way, layer)
  using sealed = await sealLayer(way, { blob: packed ?? layer, content }, place.recipients)
  await sendBlob(way, sealed)
  tell(way, layer, 'done')
  const { mediaType, digest, size, annotations = {} } = sealed
  return { mediaType, digest, size, annotations }
}

function checked({ source }: LayerWay, layer: Descriptor): AsyncIterable<Uint8Array> {
  return verified(layer, source.openBlob(layer, 0))
}

function tell({ report }: LayerWay, { digest, size }: Descriptor, status: 'transferring' | 'done'): void {
  report({ type: 'blob-progress', digest, doneBytes: status === 'done' ? size : 0, totalBytes: size, status })
}
