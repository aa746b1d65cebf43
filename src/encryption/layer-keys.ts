// A layer's secret, wrapped for its recipients in annotations of its descriptor: one annotation for each protocol, in it the base64 of one
// document or, where recipients were added later, of several between commas.

import { EngineError } from '../base/errors.ts'
import type { Descriptor } from '../image/descriptor.ts'
import type { DecryptionKeys } from './decryption-keys.ts'
import { decryptJwe, encryptJwe } from './jwe.ts'
import { type LayerOpening, readOpening } from './layer-cipher.ts'
import { decryptPkcs7, encryptPkcs7 } from './pkcs7.ts'
import type { Recipients } from './recipients.ts'

type Annotations = Readonly<Record<string, string>>

const keysPrefix = 'org.opencontainers.image.enc.keys.'
const names = {
  jwe: `${keysPrefix}jwe`,
  pkcs7: `${keysPrefix}pkcs7`,
  publicOptions: 'org.opencontainers.image.enc.pubopts',
} as const

/** The annotations of a layer that is new. @throws what OpenSSL says of a key that is too short */
export function wrapSecret(
  sealed: { readonly secret: Uint8Array; readonly publicOptions: Uint8Array },
  recipients: Recipients,
): Annotations {
  return {
    ...wrapped(sealed.secret, recipients),
    [names.publicOptions]: Buffer.from(sealed.publicOptions).toString('base64'),
  }
}

/** The same layer, to be opened by others too: its bytes stay. @throws as unwrapSecret */
export function addRecipients(layer: Descriptor, recipients: Recipients, keys: DecryptionKeys): Descriptor {
  const own = layer.annotations ?? {}
  const added = wrapped(unwrap(layer, keys), recipients)
  const joined = Object.entries(added).map(([name, value]) => [name, own[name] ? `${own[name]},${value}` : value])
  return { ...layer, annotations: { ...own, ...Object.fromEntries(joined) } }
}

/** @throws denied `layer-key-missing`; unsupported `encryption-unsupported`; as readOpening */
export function unwrapSecret(layer: Descriptor, keys: DecryptionKeys): LayerOpening {
  const secret = unwrap(layer, keys)
  const publicOptions = Buffer.from(layer.annotations?.[names.publicOptions] ?? '', 'base64')
  return readOpening(secret, publicOptions, layer.digest)
}

function wrapped(secret: Uint8Array, { jwe, pkcs7 }: Recipients): Annotations {
  return {
    ...(jwe.length === 0 ? {} : { [names.jwe]: encryptJwe(secret, jwe).toString('base64') }),
    ...(pkcs7.length === 0 ? {} : { [names.pkcs7]: encryptPkcs7(secret, pkcs7).toString('base64') }),
  }
}

function unwrap(layer: Descriptor, keys: DecryptionKeys): Uint8Array {
  for (const document of documents(layer, names.jwe)) {
    for (const key of keys) {
      const secret = decryptJwe(document, key)
      if (secret !== undefined) return secret
    }
  }
  for (const document of documents(layer, names.pkcs7)) {
    for (const key of keys) {
      const secret = decryptPkcs7(document, key)
      if (secret !== undefined) return secret
    }
  }
  throw notOpened(layer, keys)
}

/** More are not tried: each costs an operation of RSA or the like. */
const mostDocuments = 100

function documents({ annotations = {} }: Descriptor, name: string): Buffer[] {
  const text = annotations[name] ?? ''
  return text === '' ? [] : text.split(',', mostDocuments).map((one) => Buffer.from(one, 'base64'))
}

function notOpened({ digest, annotations = {} }: Descriptor, keys: DecryptionKeys): EngineError {
  // Names that anybody may have written.
  const protocols = Object.keys(annotations).flatMap((name) => protocolName.exec(name)?.[1] ?? [])
  const isOurs = protocols.some((protocol) => protocol === 'jwe' || protocol === 'pkcs7')
  if (!isOurs) {
    return new EngineError({
      kind: 'unsupported',
      code: 'encryption-unsupported',
      message: `layer ${digest} is encrypted for ${protocols.join(', ') || 'nobody'}: only jwe and pkcs7 are supported`,
    })
  }
  const shown = `layer ${digest} (${protocols.join(', ')})`
  return new EngineError({
    kind: 'denied',
    code: 'layer-key-missing',
    message:
      keys.length === 0 ? `${shown} is encrypted, and no private key was given` : `decrypting ${shown}: ${noneOpens}`,
    hint: 'Name the private key of one of its recipients: --decryption-key FILE',
  })
}

const protocolName = /^org\.opencontainers\.image\.enc\.keys\.([\w.-]{1,50})$/

/** The words that scripts look for, podman's and skopeo's. */
const noneOpens = 'no suitable key unwrapper found or none of the private keys could be used for decryption'
