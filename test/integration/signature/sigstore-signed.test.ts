// The requirement sigstoreSigned: with keys, with Rekor's log, with Fulcio's certificates and those of another authority; and what somebody
// may put in their place.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../../src/base/digest.ts'
import { parseReference } from '../../../src/image/reference.ts'
import type { ImageSignature } from '../../../src/signature/image-signature.ts'
import { parsePolicy, type SigstoreRequirement } from '../../../src/signature/policy-document.ts'
import { payloadTypes, printSignedPayload } from '../../../src/signature/signed-payload.ts'
import { generateKeyPair, openPrivateKey, signBytes } from '../../../src/signature/sigstore-key.ts'
import { checkSigstoreSigned } from '../../../src/signature/sigstore-signed.ts'
import {
  authority,
  type CertificateMaker,
  codeSigning,
  openCertificateMaker,
  type RekorEntry,
  rekorBundle,
  sigstoreSignature,
} from '../../support/sigstore.ts'

const manifest = Buffer.from('{"schemaVersion":2}')
const intended = parseReference('h.io/a:1')
const payload = (changes: object = {}) =>
  printSignedPayload(
    { digest: digestOf(manifest), reference: 'h.io/a:1', ...changes },
    {
      type: payloadTypes.sigstore,
      creator: 'test',
      timestamp: 1,
    },
  )
const base64 = (text: string) => Buffer.from(text).toString('base64')
const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString()

async function verdict(roots: object, signatures: readonly ImageSignature[]): Promise<string> {
  const policy = parsePolicy(Buffer.from(JSON.stringify({ default: [{ type: 'sigstoreSigned', ...roots }] })))
  try {
    await checkSigstoreSigned(policy.default[0] as SigstoreRequirement, { manifest, intended }, signatures)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('with keys', () => {
  const pairs = {
    'P-256': generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    'P-384': generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
    RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    Ed25519: generateKeyPairSync('ed25519'),
  }
  const { 'P-256': own, 'P-384': other } = pairs
  const roots = { keyData: base64(pemOf(own.publicKey)) }
  const signed = (content = payload(), key = own.privateKey) => sigstoreSignature(content, signBytes(key, content))

  test.each(Object.entries(pairs))('%s', async (_, { privateKey, publicKey }) => {
    const good = signed(payload(), privateKey)
    expect(await verdict({ keyData: base64(pemOf(publicKey)) }, [good])).toBe('accepted')
    expect(await verdict({ keyDatas: [pemOf(own.publicKey), pemOf(publicKey)].map(base64) }, [good])).toBe('accepted')
    const changed = { ...good, payload: Buffer.concat([good.payload, Buffer.from(' ')]) }
    expect(await verdict({ keyData: base64(pemOf(publicKey)) }, [changed])).toMatch(/signature verification failed/)
  })

  test('one good signature is enough, and cosign writes no optional part', async () => {
    expect(await verdict(roots, [signed(payload(), other.privateKey), signed()])).toBe('accepted')
    const bare = Buffer.from(`${payload()}`.replace(/"optional":\{.*?\}/, '"optional":null'))
    expect(await verdict(roots, [signed(bare)])).toBe('accepted')
  })

  test.each<[string, () => ImageSignature[], RegExp]>([
    ['none', () => [], /no signature exists$/],
    [
      'a simple one',
      () => [{ kind: 'simple', bytes: Buffer.of() }],
      /no signature exists \(1 signatures of another kind/,
    ],
    ['one of another media type', () => [{ ...signed(), mediaType: 'text/plain' }], /no signature exists/],
    ['one by another key', () => [signed(payload(), other.privateKey)], /signature verification failed/],
    ['one of another digest', () => [signed(payload({ digest: digestOf('other') }))], /Signature for digest/],
    ['one of another name', () => [signed(payload({ reference: 'h.io/b:1' }))], /"h.io\/b:1" is not accepted/],
    [
      "simple signing's payload",
      () => [signed(Buffer.from(`${payload()}`.replace('cosign container image', 'atomic container')))],
      /unrecognized signature type/,
    ],
    [
      'a payload with no signature',
      () => [{ ...signed(), annotations: {} }],
      /missing dev.cosignproject.cosign\/signature/,
    ],
    ['an empty signature', () => [sigstoreSignature(payload(), Buffer.of())], /signature verification failed/],
  ])('refuses %s', async (_, signatures, message) => {
    expect(await verdict(roots, signatures())).toMatch(message)
  })

  test('a policy whose key is no key, a private one, several, or weak, is an error and not a verdict', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const secret = own.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    for (const pem of ['hello', secret, pemOf(own.publicKey) + pemOf(other.publicKey), pemOf(weak.publicKey)]) {
      expect(await verdict({ keyData: base64(pem) }, [signed()])).toMatch(/^public key 1 of the policy is n/)
    }
  })

  test('Rekor must have recorded that key, that signature and that payload', async () => {
    const log = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const logged = { ...roots, rekorPublicKeyData: base64(pemOf(log.publicKey)) }
    const signature = signBytes(own.privateKey, payload())
    const entry = { payload: payload(), signature, signer: pemOf(own.publicKey), at: new Date() }
    const withBundle = (bundle: string) => [
      sigstoreSignature(payload(), signature, { 'dev.sigstore.cosign/bundle': bundle }),
    ]
    const judge = async (changes: Partial<RekorEntry>, key = log.privateKey) =>
      verdict(logged, withBundle(rekorBundle(key, { ...entry, ...changes })))
    expect(await judge({})).toBe('accepted')
    expect(await verdict(logged, [sigstoreSignature(payload(), signature)])).toMatch(
      /missing dev.sigstore.cosign\/bundle/,
    )
    expect(await judge({}, stranger.privateKey)).toMatch(/verification of Rekor SET failed/)
    expect(await judge({ signer: pemOf(other.publicKey) })).toMatch(/publicKey in Rekor SET does not match/)
    expect(await judge({ payload: Buffer.from('x') })).toMatch(/payload in Rekor SET does not match/)
    const again = signBytes(own.privateKey, payload())
    expect(await judge({ signature: again })).toMatch(/signature in Rekor SET does not match/)
    const asIntoto = rekorBundle(log.privateKey, entry, (body) => ({ ...body, kind: 'intoto' }))
    expect(await verdict(logged, withBundle(asIntoto))).toMatch(/no hashedrekord/)
    const later = rekorBundle(log.privateKey, entry).replace(/"integratedTime":\d/, '"integratedTime":9')
    expect(await verdict(logged, withBundle(later))).toMatch(/verification of Rekor SET failed/)
    for (const bundle of ['{', '{}', '{"SignedEntryTimestamp":"","Payload":{}}', 'null']) {
      expect(await verdict(logged, withBundle(bundle))).toMatch(/Rekor SET/)
    }
  })
})

test('a key pair of ours signs what its public key verifies; the passphrase opens it and no other does', async () => {
  const pair = generateKeyPair('secret')
  const key = openPrivateKey(pair.privateKey, 'secret', 'k')
  expect(
    await verdict({ keyData: base64(pair.publicKey) }, [sigstoreSignature(payload(), signBytes(key, payload()))]),
  ).toBe('accepted')
  expect(() => openPrivateKey(pair.privateKey, 'Secret', 'k')).toThrow(/the passphrase does not open 'k'/)
  expect(() => openPrivateKey(pair.publicKey, 'secret', 'k')).toThrow(/'k' is not an encrypted sigstore private key/)
  const greedy = { kdf: { name: 'scrypt', params: { N: 2 ** 20, r: 32, p: 1 }, salt: base64('s'.repeat(32)) } }
  const sealed = { ...greedy, cipher: { name: 'nacl/secretbox', nonce: base64('n'.repeat(24)) }, ciphertext: '' }
  const label = 'ENCRYPTED COSIGN PRIVATE KEY'
  const bomb = `-----BEGIN ${label}-----\n${base64(JSON.stringify(sealed))}\n-----END ${label}-----\n`
  expect(() => openPrivateKey(bomb, 'x', 'k')).toThrow(/scrypt parameters are out of bounds/)
})

describe('with certificates', () => {
  const log = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const issuer = 'https://accounts.example.org'
  const signing = [...codeSigning, 'subjectAltName=critical,email:me@example.org,DNS:build.example.org']
  const identity = [...signing, `1.3.6.1.4.1.57264.1.1=ASN1:FORMAT:UTF8,UTF8:unused`]
  const withIssuer = (text = issuer) => [...signing, `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${text}`]
  let maker: CertificateMaker
  let root: string
  let middle: string
  let leaf: string

  beforeAll(() => {
    maker = openCertificateMaker()
    root = maker.issue({ name: 'root' })
    middle = maker.issue({ name: 'middle', issuer: 'root', extensions: [...authority, 'extendedKeyUsage=codeSigning'] })
    const short = { notBefore: '20260101000000Z', notAfter: '20260101001000Z' }
    leaf = maker.issue({ name: 'leaf', issuer: 'middle', extensions: withIssuer(), ...short })
  })
  afterAll(() => maker[Symbol.dispose]())

  const inTime = new Date('2026-01-01T00:05:00Z')
  const fulcio = (changes: object = {}) => ({
    fulcio: { caData: base64(root), oidcIssuer: issuer, subjectEmail: 'me@example.org', ...changes },
    rekorPublicKeyData: base64(pemOf(log.publicKey)),
  })
  interface Spoilt {
    readonly certificate?: string
    readonly key?: string
    readonly chain?: string
    readonly at?: Date
    readonly recorded?: string
  }
  function signed({ certificate = leaf, key = 'leaf', chain = middle + root, at = inTime, recorded }: Spoilt = {}) {
    const signature = sign('sha256', payload(), maker.keyOf(key))
    const bundle = rekorBundle(log.privateKey, { payload: payload(), signature, signer: recorded ?? certificate, at })
    return sigstoreSignature(payload(), signature, {
      'dev.sigstore.cosign/bundle': bundle,
      'dev.sigstore.cosign/certificate': certificate,
      'dev.sigstore.cosign/chain': chain,
    })
  }

  test("accepts Fulcio's certificate that was valid when Rekor recorded the signature", async () => {
    expect(await verdict(fulcio(), [signed()])).toBe('accepted')
    expect(await verdict(fulcio({ caData: base64(middle + root) }), [signed({ chain: '' })])).toBe('accepted')
  })

  test.each<[string, () => Spoilt, RegExp]>([
    ['a signature recorded too late', () => ({ at: new Date('2026-01-01T00:11:00Z') }), /expired or is not yet valid/],
    ['one recorded too early', () => ({ at: new Date('2025-12-31T23:59:00Z') }), /expired or is not yet valid/],
    [
      "one by another key than the certificate's",
      () => ({ key: 'middle' }),
      /cryptographic signature verification failed/,
    ],
    [
      'another certificate than the recorded one',
      () => ({ recorded: middle }),
      /publicKey in Rekor SET does not match/,
    ],
    ['a chain without its middle', () => ({ chain: root }), /not issued by a trusted authority/],
    ['two certificates in one', () => ({ certificate: leaf + middle, recorded: leaf }), /multiple certificates/],
    ['what is no certificate', () => ({ certificate: pemOf(log.publicKey) }), /no certificates in PEM/],
  ])('refuses %s', async (_, spoilt, message) => {
    expect(await verdict(fulcio(), [signed(spoilt())])).toMatch(message)
  })

  test('refuses another issuer or address, and a certificate that is missing', async () => {
    expect(await verdict(fulcio({ oidcIssuer: 'https://evil' }), [signed()])).toMatch(/Unexpected Fulcio OIDC issuer/)
    expect(await verdict(fulcio({ subjectEmail: 'you@example.org' }), [signed()])).toMatch(
      /Required email .* not found/,
    )
    const { 'dev.sigstore.cosign/certificate': _, ...annotations } = signed().annotations
    expect(await verdict(fulcio(), [{ ...signed(), annotations }])).toMatch(/missing dev.sigstore.cosign\/certificate/)
  })

  test.each<[string, () => Parameters<CertificateMaker['issue']>[0][], RegExp]>([
    [
      'of an authority that is none',
      () => [
        { name: 'm', issuer: 'root', extensions: signing },
        { name: 'l', issuer: 'm', extensions: withIssuer() },
      ],
      /not issued by a trusted authority/,
    ],
    [
      'below a path that is too long',
      () => [
        { name: 'm', issuer: 'root', extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0'] },
        { name: 'm2', issuer: 'm' },
        { name: 'l', issuer: 'm2', extensions: withIssuer() },
      ],
      /not issued by a trusted authority/,
    ],
    [
      'of a root of its own',
      () => [{ name: 'm' }, { name: 'l', issuer: 'm', extensions: withIssuer() }],
      /not issued by/,
    ],
    [
      'for a web server',
      () => [{ name: 'l', issuer: 'root', extensions: [...withIssuer().slice(2), 'extendedKeyUsage=serverAuth'] }],
      /not for signing code/,
    ],
    [
      'with a critical extension that nobody knows',
      () => [{ name: 'l', issuer: 'root', extensions: [...withIssuer(), '1.2.3.4=critical,ASN1:NULL'] }],
      /the extension 1.2.3.4 is not understood/,
    ],
    [
      'below an authority with name constraints',
      () => [
        { name: 'm', issuer: 'root', extensions: [...authority, 'nameConstraints=permitted;email:.example.com'] },
        { name: 'l', issuer: 'm', extensions: withIssuer() },
      ],
      /not issued by a trusted authority/,
    ],
    ['without the issuer', () => [{ name: 'l', issuer: 'root', extensions: signing }], /missing the issuer extension/],
    [
      'with two issuers',
      () => [{ name: 'l', issuer: 'root', extensions: [...withIssuer(), identity.at(-1) as string] }],
      /inconsistent OIDC issuer/,
    ],
  ])('refuses a certificate %s', async (_, wishes, message) => {
    const made = wishes().map((wish) => maker.issue(wish))
    const certificate = made.at(-1) as string
    const spoilt = { certificate, key: 'l', chain: made.slice(0, -1).reverse().join('') }
    expect(await verdict(fulcio(), [signed(spoilt)])).toMatch(message)
  })

  test("pki: an authority of one's own, an address or a host, and the time of day", async () => {
    const certificate = maker.issue({ name: 'p', issuer: 'middle', extensions: signing })
    const pki = (changes: object) => ({ pki: { caRootsData: base64(root), ...changes } })
    const good = signed({ certificate, key: 'p' })
    expect(await verdict(pki({ subjectEmail: 'me@example.org' }), [good])).toBe('accepted')
    expect(await verdict(pki({ subjectHostname: 'build.example.org' }), [good])).toBe('accepted')
    const bare = signed({ certificate, key: 'p', chain: '' })
    const known = { subjectEmail: 'me@example.org', caIntermediatesData: base64(middle) }
    expect(await verdict(pki(known), [bare])).toBe('accepted')
    expect(await verdict(pki({ subjectEmail: 'me@example.org' }), [bare])).toMatch(/not issued by a trusted authority/)
    expect(await verdict(pki({ subjectHostname: 'www.example.org' }), [good])).toMatch(/not for www.example.org/)
    expect(await verdict(pki({ subjectEmail: 'me@example.org' }), [signed()])).toMatch(/expired or is not yet valid/)
  })
})
