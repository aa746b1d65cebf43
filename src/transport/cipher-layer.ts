// A layer's bytes encrypted or decrypted, kept in a file without a name until disposed: nobody sees any of it before all of it has been checked.

import { closeSync } from 'node:fs'
import { Readable, type Transform } from 'node:stream'
import { EngineError } from '../base/errors.ts'
import type { DecryptionKeys } from '../encryption/decryption-keys.ts'
import { layerOpener, layerSealer } from '../encryption/layer-cipher.ts'
import { unwrapSecret, wrapSecret } from '../encryption/layer-keys.ts'
import type { Recipients } from '../encryption/recipients.ts'
import { codecOf, formatOf } from '../image/convert-manifest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { decryptedKind, encryptedType, lastingAnnotations } from '../image/encrypted-layer.ts'
import { mediaTypes } from '../image/manifest.ts'
import type { Layout } from '../state/layout.ts'
import type { OutgoingBlob } from './image-target.ts'
import { measured } from './measured.ts'
import { readSpooled, spool } from './spool.ts'

export interface CipheredLayer extends OutgoingBlob, Disposable {}

export interface CipherPlace {
  readonly at: Layout
  readonly signal: AbortSignal
}

export interface LayerContent {
  readonly blob: Descriptor
  /** Known to be what the digest says, or an error by its end. */
  readonly content: AsyncIterable<Uint8Array>
}

/** @throws unsupported `layer-not-encryptable`; what `content` throws */
export async function sealLayer(
  place: CipherPlace,
  from: LayerContent,
  recipients: Recipients,
): Promise<CipheredLayer> {
  const mediaType = typeOfSealed(from.blob.mediaType)
  const sealer = layerSealer()
  const spooled = await throughCipher(place, from.content, sealer.through)
  try {
    const annotations = {
      ...lastingAnnotations(from.blob),
      ...wrapSecret(sealer.result(from.blob.digest), recipients),
    }
    return { ...spooled, mediaType, annotations }
  } catch (error) {
    spooled[Symbol.dispose]()
    throw error
  }
}

/** @throws as unwrapSecret; corrupt `layer-hmac-mismatch`; what `content` throws */
export async function openLayer(
  place: CipherPlace,
  { blob, content }: LayerContent,
  keys: DecryptionKeys,
): Promise<CipheredLayer> {
  const opener = layerOpener(unwrapSecret(blob, keys), blob.digest)
  return { ...(await throughCipher(place, content, opener)), ...decryptedKind(blob) }
}

async function throughCipher(
  { at, signal }: CipherPlace,
  content: AsyncIterable<Uint8Array>,
  cipher: Transform,
): Promise<Omit<CipheredLayer, 'mediaType' | 'annotations'>> {
  const { through, result } = measured()
  const source = Readable.from(content, { objectMode: false })
  const fd = await spool(at, [source, cipher, through], signal)
  return { ...result(), open: (offset) => readSpooled(fd, offset), [Symbol.dispose]: () => closeSync(fd) }
}

/** Encrypted layers are OCI's. @throws unsupported `layer-not-encryptable` for what is no layer of an image */
function typeOfSealed(mediaType: string): string {
  const own = formatOf(mediaType) === 'oci' ? mediaType : ociTypes[codecOf(mediaType)]
  if (encryptable.test(own)) return encryptedType(own)
  throw new EngineError({
    kind: 'unsupported',
    code: 'layer-not-encryptable',
    message: `a layer of type '${mediaType.slice(0, 100)}' cannot be encrypted`,
  })
}

const ociTypes = {
  plain: mediaTypes.ociLayer,
  gzip: `${mediaTypes.ociLayer}+gzip`,
  zstd: `${mediaTypes.ociLayer}+zstd`,
} as const

const encryptable =
  /^application\/(vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?|vnd\.wasm\.content\.layer\.v1\+wasm)$/
