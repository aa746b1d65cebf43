// A layer's secret for its recipients: each of them opens it, nobody else does.

import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Digest } from '../../../src/base/digest.ts'
import { addRecipients, unwrapSecret, wrapSecret } from '../../../src/encryption/layer-keys.ts'
import { decryptPkcs7, encryptPkcs7 } from '../../../src/encryption/pkcs7.ts'
import type { Recipients } from '../../../src/encryption/recipients.ts'
import type { Descriptor } from '../../../src/image/descriptor.ts'

const secret = Buffer.from(
  JSON.stringify({
    symkey: Buffer.alloc(32, 1).toString('base64'),
    cipheroptions: { nonce: Buffer.alloc(16, 2).toString('base64') },
  }),
)
const publicOptions = Buffer.from(
  JSON.stringify({ cipher: 'AES_256_CTR_HMAC_SHA256', hmac: Buffer.alloc(32, 3).toString('base64') }),
)
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
const [elliptic, wide] = [curve('P-256'), curve('P-521')]
const [rsa, stranger] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
]
let folder: string
let certificate: X509Certificate

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-keys-'))
  const path = join(folder, 'key.pem')
  writeFileSync(path, rsa.privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const request = ['req', '-x509', '-new', '-key', path, '-subj', '/O=Gantry/CN=recipient', '-days', '2']
  certificate = new X509Certificate(execFileSync('openssl', request))
})
afterAll(() => rmSync(folder, { recursive: true }))

const jwe = (...keys: readonly KeyObject[]): Recipients => ({
  jwe: keys.map((key) => ({ key, algorithm: key.asymmetricKeyType === 'rsa' ? 'RSA-OAEP' : 'ECDH-ES+A256KW' })),
  pkcs7: [],
})
const digest = `sha256:${'a'.repeat(64)}` as Digest
const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted'
const layerFor = (recipients: Recipients): Descriptor => ({
  ...{ mediaType, digest, size: 1 },
  annotations: { kept: 'yes', ...wrapSecret({ secret, publicOptions }, recipients) },
})
const opened = { key: Buffer.alloc(32, 1), nonce: Buffer.alloc(16, 2), hmac: Buffer.alloc(32, 3) }
const closed = expect.objectContaining({ kind: 'denied', code: 'layer-key-missing' })

describe('JWE', () => {
  test('one recipient, and several of different kinds', () => {
    const keys = [rsa, elliptic, wide]
    for (const { publicKey, privateKey } of keys) {
      expect(unwrapSecret(layerFor(jwe(publicKey)), [privateKey])).toEqual(opened)
    }
    const layer = layerFor(jwe(...keys.map(({ publicKey }) => publicKey)))
    for (const { privateKey } of keys) expect(unwrapSecret(layer, [privateKey])).toEqual(opened)
    expect(() => unwrapSecret(layer, [stranger.privateKey])).toThrow(closed)
    expect(unwrapSecret(layer, [stranger.privateKey, wide.privateKey])).toEqual(opened)
  })

  test('what was changed in it opens with no key', () => {
    const layer = layerFor(jwe(rsa.publicKey))
    const name = 'org.opencontainers.image.enc.keys.jwe'
    const document = JSON.parse(Buffer.from(layer.annotations?.[name] as string, 'base64').toString())
    for (const part of ['ciphertext', 'tag', 'iv', 'encrypted_key', 'protected']) {
      const text = document[part] as string
      const other = { ...document, [part]: `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}` }
      const changed = Buffer.from(JSON.stringify(other)).toString('base64')
      const tampered = { ...layer, annotations: { ...layer.annotations, [name]: changed } }
      expect(() => unwrapSecret(tampered, [rsa.privateKey]), part).toThrow(closed)
    }
  })

  test('passwords and bare keys are no recipients, whatever the document says', () => {
    const header = { alg: 'dir', enc: 'A256GCM' }
    const document = {
      protected: Buffer.from(JSON.stringify(header)).toString('base64url'),
      iv: '',
      ciphertext: '',
      tag: '',
    }
    const annotations = {
      'org.opencontainers.image.enc.keys.jwe': Buffer.from(JSON.stringify(document)).toString('base64'),
    }
    expect(() => unwrapSecret({ mediaType, digest, size: 1, annotations }, [rsa.privateKey])).toThrow(closed)
  })
})

describe('PKCS #7', () => {
  test('the key of a certificate opens it, another does not', () => {
    const layer = layerFor({ jwe: [], pkcs7: [certificate] })
    expect(unwrapSecret(layer, [elliptic.privateKey, stranger.privateKey, rsa.privateKey])).toEqual(opened)
    expect(() => unwrapSecret(layer, [stranger.privateKey, elliptic.privateKey])).toThrow(closed)
  })

  test('no byte of it can be changed unnoticed, and damage throws nothing', () => {
    const document = encryptPkcs7(secret, [certificate])
    const places = fc.record({ at: fc.nat(document.length - 1), by: fc.integer({ min: 1, max: 255 }) })
    fc.assert(
      fc.property(places, ({ at, by }) => {
        const changed = Buffer.from(document)
        changed[at] = (changed[at] as number) ^ by
        const found = decryptPkcs7(changed, rsa.privateKey)
        expect(found === undefined || secret.equals(found)).toBe(true)
      }),
      { numRuns: 200 },
    )
    for (let length = 0; length < document.length; length += 7) {
      expect(decryptPkcs7(document.subarray(0, length), rsa.privateKey)).toBeUndefined()
    }
  })
})

describe('addRecipients', () => {
  test('keeps the layer and its first recipients', () => {
    const layer = layerFor(jwe(rsa.publicKey))
    const added = addRecipients(layer, { ...jwe(elliptic.publicKey), pkcs7: [certificate] }, [rsa.privateKey])
    expect(added).toMatchObject({ mediaType, digest, size: 1, annotations: { kept: 'yes' } })
    expect(Object.keys(added.annotations ?? {}).toSorted()).toEqual([
      'kept',
      'org.opencontainers.image.enc.keys.jwe',
      'org.opencontainers.image.enc.keys.pkcs7',
      'org.opencontainers.image.enc.pubopts',
    ])
    for (const { privateKey } of [rsa, elliptic]) expect(unwrapSecret(added, [privateKey])).toEqual(opened)
  })

  test('is not for strangers', () => {
    const layer = layerFor(jwe(rsa.publicKey))
    expect(() => addRecipients(layer, jwe(stranger.publicKey), [stranger.privateKey])).toThrow(closed)
  })
})

test('protocols that are not supported are named', () => {
  const annotations = {
    'org.opencontainers.image.enc.keys.pgp': 'eA==',
    'org.opencontainers.image.enc.keys.provider.kbs': 'eA==',
  }
  expect(() => unwrapSecret({ mediaType, digest, size: 1, annotations }, [rsa.privateKey])).toThrow(
    'encrypted for pgp, provider.kbs: only jwe and pkcs7 are supported',
  )
})
