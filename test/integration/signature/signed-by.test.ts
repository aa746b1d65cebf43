// The requirement signedBy against what somebody may put in place of a good signature. The judge of both directions is skopeo:
// test/e2e/trust.test.ts.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../../src/base/digest.ts'
import { parseReference } from '../../../src/image/reference.ts'
import { openKeyring, signMessage } from '../../../src/signature/gpg.ts'
import { type ImageSignature, readSignature } from '../../../src/signature/image-signature.ts'
import { checkSignedBy } from '../../../src/signature/signed-by.ts'
import { payloadTypes, printSignedPayload } from '../../../src/signature/signed-payload.ts'
import { type GpgHome, openGpgHome } from '../../support/gpg-keys.ts'

const manifest = Buffer.from('{"schemaVersion":2}')
const intended = parseReference('h.io/a:1')
let gpg: GpgHome
let trusted: string
let stranger: string

beforeAll(() => {
  gpg = openGpgHome()
  trusted = gpg.addKey('trusted <t@example.org>')
  stranger = gpg.addKey('stranger <s@example.org>')
})
afterAll(() => gpg[Symbol.dispose]())

const payload = (changes: { digest?: string; reference?: string } = {}) =>
  printSignedPayload(
    { digest: digestOf(manifest), reference: 'h.io/a:1', ...changes } as Parameters<typeof printSignedPayload>[0],
    { type: payloadTypes.simple, creator: 'test', timestamp: 1 },
  )
const sign = (content: string | Uint8Array, key = trusted, ...flags: string[]): ImageSignature =>
  readSignature(gpg.run(['--local-user', key, ...flags, '--sign'], content), 'test')

async function verdict(signatures: readonly ImageSignature[], keys = [gpg.exportKey(trusted)]): Promise<string> {
  const requirement = {
    type: 'signedBy',
    keyType: 'GPGKeys',
    keys: { kind: 'texts', contents: keys },
    identity: { type: 'matchRepoDigestOrExact' },
  } as const
  try {
    await checkSignedBy(requirement, { manifest, intended }, signatures)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}

describe('checkSignedBy', () => {
  test('accepts one good signature among bad ones, made by any of the keys', async () => {
    expect(await verdict([sign(payload())])).toBe('accepted')
    expect(await verdict([sign(payload(), stranger), sign(payload())])).toBe('accepted')
    const both = [gpg.exportKey(stranger), gpg.exportKey(trusted)]
    expect(await verdict([sign(payload())], both)).toBe('accepted')
    expect(await verdict([sign(payload())], [gpg.run(['--armor', '--export', trusted])])).toBe('accepted')
  })

  test.each<[string, () => ImageSignature[], RegExp]>([
    ['none', () => [], /A signature was required, but no signature exists/],
    ['one by another key', () => [sign(payload(), stranger)], /no key that is trusted made it/],
    ['one of another digest', () => [sign(payload({ digest: digestOf('other') }))], /Signature for digest .* does not/],
    ['one of another name', () => [sign(payload({ reference: 'h.io/b:1' }))], /"h.io\/b:1" is not accepted/],
    ['one of another tag', () => [sign(payload({ reference: 'h.io/a:2' }))], /"h.io\/a:2" is not accepted/],
    ['two that are both bad', () => [sign(payload(), stranger), sign('{}')], /None of the .* made it; what was signed/],
    [
      'a payload of another type',
      () => [sign(`${payload()}`.replace('atomic', 'cosign'))],
      /unrecognized signature type/,
    ],
    ['a payload with more in it', () => [sign(`${payload()}`.replace('"image"', '"x":1,"image"'))], /has the keys/],
    [
      'a payload that can be read in two ways',
      () => [sign(`${payload()}`.replace('"optional"', '"critical":{},"optional"'))],
      /key "critical" twice/,
    ],
    ['what is no JSON', () => [sign('hello')], /what was signed is not JSON/],
    ['a bomb', () => [sign(Buffer.alloc(8 << 20))], /it is not one message/],
  ])('refuses %s', async (_, signatures, message) => {
    expect(await verdict(signatures())).toMatch(message)
  })

  test('refuses a payload that nobody signed, encrypted or not, and one that was changed', async () => {
    const plain = gpg.run(['--store'], payload())
    const symmetric = gpg.run(
      ['--pinentry-mode', 'loopback', '--passphrase', 'x', '--s2k-count', '1024', '--symmetric'],
      gpg.run(['--local-user', trusted, '--sign'], payload()),
    )
    for (const bytes of [plain, symmetric])
      expect(await verdict([{ kind: 'simple', bytes }])).toMatch(/gpg|one message/i)
    const signed = gpg.run(['--local-user', trusted, '--compress-algo', 'none', '--sign'], payload())
    expect(await verdict([{ kind: 'simple', bytes: signed }])).toBe('accepted')
    const changed = Buffer.from(signed)
    changed.write('h.io/c:1', changed.indexOf('h.io/a:1'))
    expect(await verdict([{ kind: 'simple', bytes: changed }])).toMatch(/not one of this content/)
    expect(await verdict([{ kind: 'simple', bytes: Buffer.concat([signed, plain]) }])).not.toBe('accepted')
    expect(await verdict([{ kind: 'simple', bytes: Buffer.concat([plain, signed]) }])).not.toBe('accepted')
    expect(await verdict([{ kind: 'simple', bytes: signed.subarray(0, -20) }])).not.toBe('accepted')
  })

  test('refuses two signatures in one message, status lines as a file name, and a detached one', async () => {
    const twice = gpg.run(['--local-user', trusted, '--local-user', stranger, '--sign'], payload())
    expect(await verdict([{ kind: 'simple', bytes: twice }])).not.toBe('accepted')
    const status = `\n[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x\n[GNUPG:] VALIDSIG ${trusted}\n[GNUPG:] PLAINTEXT 62 0\n`
    const posing = sign(payload(), stranger, '--set-filename', status)
    expect(await verdict([posing])).not.toBe('accepted')
    const detached = gpg.run(['--local-user', trusted, '--detach-sign'], payload())
    expect(await verdict([{ kind: 'simple', bytes: detached }])).not.toBe('accepted')
  })

  test('refuses a key that has expired, and one that was revoked', async () => {
    // Both in another time, or signing could come too late, and verifying too early.
    const then = ['--faked-system-time', '20200101T000000']
    const brief = gpg.addKey('brief <b@example.org>', { expires: '1d', flags: then })
    const signature = sign(payload(), brief, ...then)
    expect(await verdict([signature], [gpg.exportKey(brief)])).toMatch(/the key has expired/)
    const revoked = gpg.addKey('revoked <r@example.org>')
    const made = sign(payload(), revoked)
    expect(await verdict([made], [gpg.exportKey(revoked)])).toBe('accepted')
    const text = readFileSync(join(gpg.home, 'openpgp-revocs.d', `${revoked}.rev`), 'utf8')
    gpg.run(['--import'], text.replace(':-----BEGIN', '-----BEGIN'))
    expect(await verdict([made], [gpg.exportKey(revoked)])).toMatch(/the key was revoked/)
  })

  test('without a key in it, the file of keys lets nobody in', async () => {
    expect(await verdict([sign(payload())], [Buffer.from('no key')])).toMatch(/No public keys imported/)
  })

  test('a secret key among the keys starts no agent, and nothing stays behind', async () => {
    const secret = gpg.run(['--export-secret-keys', trusted])
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('gantry-gpg-'))
    expect(await verdict([sign(payload())], [secret])).toBe('accepted')
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('gantry-gpg-'))).toEqual(before)
    const agents = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(agents).not.toMatch(/gpg-agent.*gantry-gpg-/)
  })
})

describe('signMessage', () => {
  test('makes what a keyring verifies; a wrong passphrase is said, and is in no message', async () => {
    const locked = gpg.addKey('locked <l@example.org>', { passphrase: 'open sesame' })
    process.env['GNUPGHOME'] = gpg.home
    try {
      const signed = await signMessage(payload(), { key: locked, passphrase: 'open sesame' })
      using keyring = await openKeyring([gpg.exportKey(locked)])
      const message = await keyring.verify(signed)
      expect(Buffer.from(message.content)).toEqual(payload())
      expect(message.fingerprints).toContain(locked)
      execFileSync('gpgconf', ['--homedir', gpg.home, '--kill', 'gpg-agent'])
      const wrong = signMessage(payload(), { key: locked, passphrase: 'hunter2' })
      await expect(wrong).rejects.toThrow(/signing with key '[0-9A-F]+': signing failed: Bad passphrase/)
      await expect(signMessage(payload(), { key: 'nobody@nowhere' })).rejects.toThrow(/No secret key/)
    } finally {
      delete process.env['GNUPGHOME']
    }
  })

  test('says which program is missing', async () => {
    const path = process.env['PATH']
    const empty = mkdtempSync(join(tmpdir(), 'empty-'))
    process.env['PATH'] = empty
    try {
      await expect(openKeyring([Buffer.from('k')])).rejects.toThrow(/need the program 'gpg', which is not installed/)
    } finally {
      process.env['PATH'] = path
      rmSync(empty, { recursive: true })
    }
  })
})

test('readSignature takes what a lookaside may hold, and no more', () => {
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('<html>'),
    Buffer.from('\0other\nx'),
    Buffer.from('\0sigstore-json\n{}'),
  ]) {
    expect(() => readSignature(bytes, 'there')).toThrow(/parsing signature there/)
  }
  expect(() => readSignature(Buffer.alloc((4 << 20) + 1, 0xa3), 'there')).toThrow(/more than 4194304 bytes/)
})
