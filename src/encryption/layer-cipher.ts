// AES_256_CTR_HMAC_SHA256, the one cipher that layers are encrypted with: AES-256 in counter mode, then an HMAC-SHA-256 of the ciphertext with
// the same key. What the HMAC does not vouch for is worth nothing: whoever reads a layer waits for the end of the stream.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { isObject, parseBoundedJson } from '../image/bounded-json.ts'

/** What opens one layer. To be seen by its recipients only. */
export interface LayerSecret {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
}

export interface LayerSealer {
  readonly through: Transform
  /** Once, when all has passed. `plain`: digest of what went in. The secret part is for `wrapSecret`, the public one for all to see. */
  result(plain: Digest): { readonly secret: Buffer; readonly publicOptions: Buffer }
}

const cipherName = 'AES_256_CTR_HMAC_SHA256'
const algorithm = 'aes-256-ctr'
const [keyBytes, nonceBytes, hmacBytes] = [32, 16, 32]

/** Encrypts what flows through, with a key of its own. */
export function layerSealer(): LayerSealer {
  const [key, nonce] = [randomBytes(keyBytes), randomBytes(nonceBytes)]
  const cipher = createCipheriv(algorithm, key, nonce)
  const hmac = createHmac('sha256', key)
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const sealed = cipher.update(chunk)
      hmac.update(sealed)
      done(null, sealed)
    },
  })
  return {
    through,
    result: (plain) => ({
      secret: asJson({
        symkey: key.toString('base64'),
        digest: plain,
        cipheroptions: { nonce: nonce.toString('base64') },
      }),
      publicOptions: asJson({ cipher: cipherName, hmac: hmac.digest('base64'), cipheroptions: {} }),
    }),
  }
}

export interface LayerOpening extends LayerSecret {
  readonly hmac: Uint8Array
}

/** Decrypts what flows through. Its end is an error, corrupt `layer-hmac-mismatch`, unless every byte was what its maker wrote. */
export function layerOpener({ key, nonce, hmac: expected }: LayerOpening, label: string): Transform {
  const decipher = createDecipheriv(algorithm, key, nonce)
  const hmac = createHmac('sha256', key)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hmac.update(chunk)
      done(null, decipher.update(chunk))
    },
    flush(done) {
      done(timingSafeEqual(hmac.digest(), expected) ? null : tampered(label))
    },
  })
}

const optionLimits = { maxBytes: 64 << 10 } as const

/** From what `unwrapSecret` and the layer's annotation give. @throws corrupt `layer-cipher-malformed`; unsupported `layer-cipher-unknown` */
export function readOpening(secret: Uint8Array, publicOptions: Uint8Array, label: string): LayerOpening {
  const what = `the cipher options of layer ${label}`
  const own = parseBoundedJson(secret, { what, ...optionLimits })
  const shown = parseBoundedJson(publicOptions, { what, ...optionLimits })
  if (shown['cipher'] !== cipherName) throw unknownCipher(label, shown['cipher'])
  const nonce = option(shown, 'nonce') ?? option(own, 'nonce')
  return {
    key: bytesOf(own['symkey'], keyBytes, label),
    nonce: bytesOf(nonce, nonceBytes, label),
    hmac: bytesOf(shown['hmac'], hmacBytes, label),
  }
}

function option({ cipheroptions: options }: Readonly<Record<string, unknown>>, name: string): unknown {
  return isObject(options) ? options[name] : undefined
}

function bytesOf(value: unknown, length: number, label: string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0)
  if (bytes.length === length) return bytes
  throw new EngineError({
    kind: 'corrupt',
    code: 'layer-cipher-malformed',
    message: `layer ${label} cannot be decrypted: its cipher options are damaged`,
  })
}

function asJson(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function tampered(label: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-hmac-mismatch',
    message: `layer ${label} is not what was encrypted: its HMAC is another`,
  })
}

function unknownCipher(label: string, name: unknown): EngineError {
  const shown = typeof name === 'string' ? `'${name.slice(0, 50)}'` : 'an unnamed cipher'
  return new EngineError({
    kind: 'unsupported',
    code: 'layer-cipher-unknown',
    message: `layer ${label} is encrypted with ${shown}, which is not supported`,
  })
}
