// What --encryption-key and --decryption-key take, and what they say of anything else.

import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDecryptionKeys } from '../../../src/encryption/decryption-keys.ts'
import { readRecipients } from '../../../src/encryption/recipients.ts'

const [rsa, elliptic] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
  generateKeyPairSync('ec', { namedCurve: 'P-384' }),
]
let folder: string
const place = (name: string) => join(folder, name)
const put = (name: string, content: string | Buffer | object) => {
  const isText = typeof content === 'string' || Buffer.isBuffer(content)
  writeFileSync(place(name), isText ? content : JSON.stringify(content))
}
const pem = { format: 'pem' } as const
const der = { format: 'der' } as const
const passphrase = 'open: sesame'

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-keys-'))
  const privateForms = (name: string, key: KeyObject, type: 'pkcs1' | 'sec1') => {
    put(`${name}.pem`, key.export({ ...pem, type: 'pkcs8' }))
    put(`${name}.old.pem`, key.export({ ...pem, type } as never))
    put(`${name}.der`, key.export({ ...der, type: 'pkcs8' }))
    put(`${name}.old.der`, key.export({ ...der, type } as never))
    put(`${name}.jwk`, key.export({ format: 'jwk' }))
    put(`${name}.locked.pem`, key.export({ ...pem, type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }))
    put(`${name}.oldlocked.pem`, key.export({ ...pem, type, cipher: 'aes-256-cbc', passphrase } as never))
  }
  privateForms('rsa', rsa.privateKey, 'pkcs1')
  privateForms('ec', elliptic.privateKey, 'sec1')
  put('rsa.pub', rsa.publicKey.export({ ...pem, type: 'spki' }))
  put('rsa.pub.der', rsa.publicKey.export({ ...der, type: 'spki' }))
  put('rsa.pub.jwk', { ...rsa.publicKey.export({ format: 'jwk' }), alg: 'RSA-OAEP-256', kid: 'mine' })
  put('signing.jwk', { ...rsa.publicKey.export({ format: 'jwk' }), alg: 'RS256' })
  put('ec.pub', elliptic.publicKey.export({ ...pem, type: 'spki' }))
  put('edwards.pub', generateKeyPairSync('ed25519').publicKey.export({ ...pem, type: 'spki' }))
  put('weak.pub', generateKeyPairSync('rsa', { modulusLength: 512 }).publicKey.export({ ...pem, type: 'spki' }))
  put('certificate.pem', selfSigned('rsa.pem'))
  put('ec-certificate.pem', selfSigned('ec.pem'))
  put('passphrase', `${passphrase}\n`)
  put('pgp.asc', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nx\n-----END PGP PRIVATE KEY BLOCK-----\n')
  put('token.yaml', 'pkcs11:\n  uri: pkcs11:token=x\n')
  put('thesis.txt', 'Chapter 1')
})
afterAll(() => rmSync(folder, { recursive: true }))

function selfSigned(key: string): Buffer {
  return execFileSync('openssl', ['req', '-x509', '-new', '-key', place(key), '-subj', '/CN=x', '-days', '2'])
}

describe('readRecipients', () => {
  test('public keys and certificates', () => {
    const { jwe, pkcs7 } = readRecipients([
      `jwe:${place('rsa.pub')}`,
      `pkcs7:${place('certificate.pem')}`,
      `jwe:${place('rsa.pub.der')}`,
      `jwe:${place('rsa.pub.jwk')}`,
      `jwe:${place('ec.pub')}`,
    ])
    const found = jwe.map(({ algorithm, keyId }) => [algorithm, keyId])
    expect(found).toEqual([
      ['RSA-OAEP', undefined],
      ['RSA-OAEP', undefined],
      ['RSA-OAEP-256', 'mine'],
      ['ECDH-ES+A256KW', undefined],
    ])
    expect(jwe.map(({ key }) => key.type)).toEqual(Array(4).fill('public'))
    expect(pkcs7.map(({ subject }) => subject)).toEqual(['CN=x'])
  })

  test.each([
    ['pgp:me@example.org', /pgp: is not supported: keys are not taken/],
    ['pkcs11:KEY', /pkcs11: is not supported/],
    ['provider:kbs', /provider: is not supported/],
    ['rsa:KEY', /names no protocol/],
    ['key.pem', /names no protocol/],
    ['constructor:x', /names no protocol/],
    ['jwe:none.pem', /'.*none.pem' cannot be read: no such file or directory$/],
    ['jwe:rsa.pem', /no public key$/],
    ['jwe:rsa.jwk', /no public key$/],
    ['jwe:certificate.pem', /no public key$/],
    ['jwe:thesis.txt', /no public key$/],
    ['jwe:edwards.pub', /not of a kind that is supported \(ed25519\)/],
    ['jwe:weak.pub', /not of a kind that is supported \(rsa of 512 bits\)/],
    ['jwe:signing.jwk', /not of a kind that is supported \(algorithm RS256\)/],
    ['pkcs7:rsa.pub', /no X.509 certificate/],
    ['pkcs7:ec-certificate.pem', /not of a kind that is supported \(ec secp384r1\)/],
  ])('%s', (text, reason) => {
    const where = text.replace(/:(?=\w+[.-])/, `:${folder}/`)
    expect(() => readRecipients([where])).toThrow(reason)
  })
})

describe('readDecryptionKeys', () => {
  test.each(['pem', 'old.pem', 'der', 'old.der', 'jwk'])('a private key as %s', (form) => {
    const [one, other] = readDecryptionKeys([place(`rsa.${form}`), place(`ec.${form}`)])
    expect(one?.equals(rsa.privateKey)).toBe(true)
    expect(other?.equals(elliptic.privateKey)).toBe(true)
  })

  test.each(['locked.pem', 'oldlocked.pem'])('one that a passphrase protects: %s', (form) => {
    const read = (how: string) => readDecryptionKeys([`${place(`ec.${form}`)}${how}`])
    for (const how of [`:${passphrase}`, `:pass=${passphrase}`, `:file=${place('passphrase')}`]) {
      expect(read(how)[0]?.equals(elliptic.privateKey), how).toBe(true)
    }
    const fd = openSync(place('passphrase'), 'r')
    expect(read(`:fd=${fd}`)[0]?.equals(elliptic.privateKey)).toBe(true)
    closeSync(fd)
    expect(() => read('')).toThrow(/is protected by a passphrase/)
    expect(() => read(':wrong')).toThrow(/the passphrase does not open/)
    expect(() => read(':file=/none')).toThrow(/cannot be read from file=\/none: no such file or directory$/)
    expect(() => read(':fd=three')).toThrow(/no file descriptor/)
  })

  test('certificates may be among them', () => {
    expect(readDecryptionKeys([place('certificate.pem'), place('rsa.pem')])).toHaveLength(1)
  })

  test.each([
    ['none.pem', /cannot be read: no such file or directory$/],
    ['rsa.pub', /is a public key/],
    ['rsa.pub.jwk', /is a public key/],
    ['thesis.txt', /neither a private key nor a certificate/],
    ['pgp.asc', /keys of PGP are not read/],
    ['token.yaml', /no hardware module is asked/],
  ])('%s', (name, reason) => {
    expect(() => readDecryptionKeys([place(name)])).toThrow(reason)
  })

  test('provider: is no file', () => {
    expect(() => readDecryptionKeys(['provider:kbs'])).toThrow(/no key provider is asked/)
  })
})
