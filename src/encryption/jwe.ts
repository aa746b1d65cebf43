// JSON Web Encryption (RFC 7516) of layers' secrets, by the package `jose`: for RSA keys RSA-OAEP, for elliptic curves ECDH-ES+A256KW.

import type { KeyObject } from 'node:crypto'
import {
  FlattenedEncrypt,
  type FlattenedJWE,
  flattenedDecrypt,
  GeneralEncrypt,
  type GeneralJWE,
  generalDecrypt,
} from 'jose'

export interface JweRecipient {
  readonly key: KeyObject
  readonly algorithm: string
  readonly keyId?: string
}

/** What we read; what we write is the first of each. */
export const keyAlgorithms = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES+A256KW', 'ECDH-ES+A192KW', 'ECDH-ES+A128KW']
const contentAlgorithms = ['A256GCM', 'A192GCM', 'A128GCM', 'A256CBC-HS512', 'A192CBC-HS384', 'A128CBC-HS256']

/** In JSON: flattened for one recipient, general for several. @throws what jose says of a key that is too weak */
export async function encryptJwe(secret: Uint8Array, recipients: readonly JweRecipient[]): Promise<Buffer> {
  return Buffer.from(JSON.stringify(await encrypted(secret, recipients)))
}

async function encrypted(secret: Uint8Array, recipients: readonly JweRecipient[]): Promise<FlattenedJWE | GeneralJWE> {
  const [first, ...others] = recipients as [JweRecipient, ...JweRecipient[]]
  if (others.length === 0) {
    return new FlattenedEncrypt(secret).setProtectedHeader({ ...headerOf(first), enc: 'A256GCM' }).encrypt(first.key)
  }
  const sealer = new GeneralEncrypt(secret).setProtectedHeader({ enc: 'A256GCM' })
  for (const each of recipients) sealer.addRecipient(each.key).setUnprotectedHeader(headerOf(each))
  return sealer.encrypt()
}

function headerOf({ algorithm, keyId }: JweRecipient): { alg: string; kid?: string } {
  return { alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) }
}

/** More are not tried: each costs an operation of RSA or the like. */
const mostRecipients = 1000

/** undefined where the key is for none of the recipients, or the document is damaged: the two cannot be told apart. */
export async function decryptJwe(document: Uint8Array, key: KeyObject): Promise<Uint8Array | undefined> {
  const options = { keyManagementAlgorithms: keyAlgorithms, contentEncryptionAlgorithms: contentAlgorithms }
  try {
    const jwe = JSON.parse(Buffer.from(document).toString()) as FlattenedJWE | GeneralJWE
    if (!('recipients' in jwe)) return (await flattenedDecrypt(jwe, key, options)).plaintext
    const recipients = jwe.recipients.slice(0, mostRecipients)
    return (await generalDecrypt({ ...jwe, recipients }, key, options)).plaintext
  } catch {
    return undefined
  }
}
