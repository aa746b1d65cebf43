// The flags of what encrypts images, and of what decrypts them. Keys are read, and what reads them is loaded, where they are given.

import { invalid } from '../../base/errors.ts'
import type { DecryptionKeys } from '../../encryption/decryption-keys.ts'
import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import type { LayerEncryption } from '../../transport/copy-to-target.ts'
import { defineOptions, type Options } from '../command.ts'

export const encryptionOptions = defineOptions({
  'encrypt-layer': {
    type: 'strings',
    value: 'ints',
    isCommaSeparated: true,
    describe: 'Layers to encrypt: from 0 on, or from -1, the last, backwards (default: with --encryption-key all)',
    complete: 'none',
  },
  'encryption-key': {
    type: 'strings',
    value: 'PROTOCOL:KEYFILE',
    describe: 'For whom layers are encrypted: jwe:FILE with a public key, or pkcs7:FILE with a certificate',
    complete: 'file',
  },
})

export const decryptionOptions = defineOptions({
  'decryption-key': {
    type: 'strings',
    value: 'KEYFILE[:PASSPHRASE]',
    describe: 'Private key that opens encrypted layers; its passphrase also as file=PATH or fd=N',
    complete: 'file',
  },
})

/** @throws invalid `flags-conflict`, `flag-invalid`; as readRecipients */
export async function toEncryption(options: Options<typeof encryptionOptions>): Promise<LayerEncryption | undefined> {
  const { 'encryption-key': keys, 'encrypt-layer': layers } = options
  if (keys.length === 0) {
    if (layers.length === 0) return undefined
    // podman would push the image as it is.
    throw invalid('flags-conflict', '--encrypt-layer can only be used with --encryption-key')
  }
  const { readRecipients } = await import('../../encryption/recipients.ts')
  return { recipients: readRecipients(keys), layers: layers.map(toIndex) }
}

function toIndex(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw invalid('flag-invalid', `invalid argument "${text}" for "--encrypt-layer" flag: it is the number of a layer`)
}

type Given = Options<typeof decryptionOptions>

/** @throws as readDecryptionKeys */
export async function toDecryptionKeys({ 'decryption-key': texts }: Given): Promise<DecryptionKeys | undefined> {
  if (texts.length === 0) return undefined
  return (await import('../../encryption/decryption-keys.ts')).readDecryptionKeys(texts)
}

/** For whoever may pull, once or several times: a descriptor can be read only once. */
export function toKeyAccess(options: Given): Pick<RegistryAccess, 'openKeys'> {
  let reading: Promise<DecryptionKeys | undefined> | undefined
  if (options['decryption-key'].length === 0) return {}
  return { openKeys: async () => (await (reading ??= toDecryptionKeys(options))) ?? [] }
}

/** A command line as it may be kept: `inspect` shows it. */
export function withoutPassphrases(words: readonly string[], { 'decryption-key': texts }: Given): string[] {
  const secrets = texts.filter((text) => /:(?!file=|fd=)/.test(text))
  return words.map((word) => {
    const secret = secrets.find((text) => word === text || word === `--decryption-key=${text}`)
    return secret === undefined ? word : word.slice(0, word.length - secret.length + secret.indexOf(':'))
  })
}
