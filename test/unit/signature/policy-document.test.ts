import { describe, expect, test } from 'vitest'
import { parsePolicy } from '../../../src/signature/policy-document.ts'

const accept = [{ type: 'insecureAcceptAnything' }]
const signedBy = { type: 'signedBy', keyType: 'GPGKeys', keyPath: '/k' }
const data = Buffer.from('key').toString('base64')
const fulcio = { caPath: '/ca', oidcIssuer: 'https://issuer', subjectEmail: 'me@example.org' }
const pki = { caRootsPath: '/roots', subjectHostname: 'example.org' }

const parse = (policy: unknown) =>
  parsePolicy(Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)))
const withDefault = (requirement: object) => parse({ default: [requirement] }).default[0]

describe('parsePolicy', () => {
  test('reads every form of a requirement', () => {
    const files = (...paths: string[]) => ({ kind: 'files', paths })
    const texts = { kind: 'texts', contents: [Buffer.from('key')] }
    expect(withDefault(signedBy)).toMatchObject({ keys: files('/k'), identity: { type: 'matchRepoDigestOrExact' } })
    const several = { ...signedBy, keyPath: undefined, keyPaths: ['/a', '/b'], signedIdentity: { type: 'matchExact' } }
    expect(withDefault(several)).toMatchObject({ keys: files('/a', '/b'), identity: { type: 'matchExact' } })
    expect(withDefault({ ...signedBy, keyPath: undefined, keyData: data })).toMatchObject({ keys: texts })
    const sigstore = { type: 'sigstoreSigned' }
    expect(withDefault({ ...sigstore, keyPath: '/k' })).toMatchObject({ roots: { kind: 'keys', keys: files('/k') } })
    expect(withDefault({ ...sigstore, keyDatas: [data], rekorPublicKeyPaths: ['/r'] })).toMatchObject({
      roots: { keys: texts, rekorKeys: files('/r') },
    })
    expect(withDefault({ ...sigstore, fulcio, rekorPublicKeyData: data })).toMatchObject({
      roots: { kind: 'fulcio', authorities: files('/ca'), subjectEmail: 'me@example.org', rekorKeys: texts },
    })
    expect(withDefault({ ...sigstore, pki })).toMatchObject({ roots: { kind: 'pki', subjectHostname: 'example.org' } })
  })

  test.each<[string, unknown, string]>([
    ['no default', {}, 'default: it is missing'],
    ['an unknown key at the top', { default: accept, extra: 1 }, 'policy: unknown key "extra"'],
    ['an empty list', { default: [] }, 'default: the list of requirements must not be empty'],
    ['no list', { default: 'reject' }, 'default: it is not a list'],
    ['no type', { default: [{}] }, 'default[0]: type is missing'],
    ['an unknown type', { default: [...accept, { type: 'maybe' }] }, 'default[1]: unknown policy requirement type'],
    ['a key too much', { default: [{ type: 'reject', keyPath: '/k' }] }, 'default[0]: unknown key "keyPath"'],
    ['a misspelt key', { default: [{ ...signedBy, signedidentity: {} }] }, 'unknown key "signedidentity"'],
    ['a key type', { default: [{ ...signedBy, keyType: 'PGP' }] }, 'default[0].keyType: unrecognized value "PGP"'],
    ['two sources of keys', { default: [{ ...signedBy, keyData: data }] }, 'default[0]: only one of keyPath'],
    ['no key', { default: [{ ...signedBy, keyPath: undefined }] }, 'exactly one of keyPath, keyPaths and keyData'],
    ['an empty path', { default: [{ ...signedBy, keyPath: '' }] }, 'default[0].keyPath: it is not a text, or empty'],
    ['no paths', { default: [{ ...signedBy, keyPath: undefined, keyPaths: [] }] }, 'keyPaths: it is not a list'],
    ['no base64', { default: [{ ...signedBy, keyPath: undefined, keyData: 'a b' }] }, 'keyData: it is not base64'],
    ['fulcio alone', { default: [{ type: 'sigstoreSigned', fulcio }] }, 'default[0].fulcio: a rekorPublicKey'],
    [
      'fulcio and a key',
      { default: [{ type: 'sigstoreSigned', fulcio, keyPath: '/k', rekorPublicKeyPath: '/r' }] },
      'default[0]: exactly one of keyPath',
    ],
    ['pki with rekor', { default: [{ type: 'sigstoreSigned', pki, rekorPublicKeyPath: '/r' }] }, 'go with pki'],
    [
      'pki without a subject',
      { default: [{ type: 'sigstoreSigned', pki: { caRootsPath: '/r' } }] },
      'default[0].pki: at least one of subjectEmail and subjectHostname',
    ],
    [
      'an identity',
      { default: [{ ...signedBy, signedIdentity: { type: 'exactReference', dockerReference: 'a' } }] },
      'default[0].signedIdentity.dockerReference',
    ],
    [
      'a scope without requirements',
      { default: accept, transports: { docker: { 'h.io/a': [] } } },
      'transports.docker["h.io/a"]: the list of requirements must not be empty',
    ],
    ['a relative scope', { default: accept, transports: { dir: { a: accept } } }, 'transports.dir["a"]: it must be'],
    ['a scope that is not canonical', { default: accept, transports: { oci: { '/a/../b/': accept } } }, '/b'],
    [
      'a scope of docker-archive',
      { default: accept, transports: { 'docker-archive': { '/a': accept } } },
      'any scopes',
    ],
    [
      'a scope twice',
      '{"default":[{"type":"reject"}],"transports":{"docker":{"a":[],"a":[]}}}',
      'key "a" is there twice',
    ],
    ['what is not JSON', '{', 'policy is not JSON'],
  ])('refuses %s, and says where', (_, policy, message) => {
    expect(() => parse(policy)).toThrow(message)
  })

  test('a scope may be called like what every object has', () => {
    const policy = parse('{"default":[{"type":"reject"}],"transports":{"docker":{"__proto__":[{"type":"reject"}]}}}')
    expect([...(policy.transports.get('docker') ?? [])].map(([scope]) => scope)).toEqual(['__proto__'])
    expect(policy.transports.get('constructor')).toBeUndefined()
  })
})
