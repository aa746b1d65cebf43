// Simple signing, judged by skopeo: what it signs we verify, and the other way round, with a real registry and a lookaside. What a
// verifier must refuse of the signature itself: test/integration/signature/.

import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import type { Box } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type SignedRegistry, startSignedRegistry, writePolicy } from '../support/signed-registry.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'gpg')
/** What was refused leaves nothing to check: the command after it does. */
const quick = { isChecked: false }
let registry: SignedRegistry

beforeAll(async () => {
  registry = await startSignedRegistry()
})
afterAll(async () => registry[Symbol.asyncDispose]())
beforeEach(() => registry.reset())

const pushSigned = (name: string, ...flags: string[]) => {
  const words = ['copy', '-q', '--dest-tls-verify=false', ...flags]
  registry.skopeo(...words, `docker-archive:${busyboxArchive()}`, `docker://${name}`)
}
const signedBy = (identity?: object) => [
  {
    type: 'signedBy',
    keyType: 'GPGKeys',
    keyPath: registry.publicKey,
    ...(identity === undefined ? {} : { signedIdentity: identity }),
  },
]
const policyFlags = (box: Box, transports: object) => ['--signature-policy', writePolicy(box, transports)]

describe('signedBy', () => {
  rootTest('lets in what skopeo signed for that name, by tag or digest, and nothing else', async () => {
    const image = `${registry.address}/team/app:1`
    pushSigned(image, '--sign-by', registry.key)
    pushSigned(`${registry.address}/team/other:1`)
    await using box = registry.openBox()
    const flags = policyFlags(box, { docker: { [registry.address]: signedBy() } })
    const other = await box.try(['pull', '-q', ...flags, `${registry.address}/team/other:1`], quick)
    expect(other).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('Source image rejected: A signature was required, but no signature exists'),
    })
    const [signatures = ''] = readdirSync(join(registry.lookaside, 'team'))
    const stolen = signatures.replace('app@', 'other@')
    cpSync(join(registry.lookaside, 'team', signatures), join(registry.lookaside, 'team', stolen), { recursive: true })
    const renamed = await box.try(['pull', '-q', ...flags, `${registry.address}/team/other:1`], quick)
    expect(renamed.stderr).toContain(`Signature for identity "${image}" is not accepted`)
    expect(await box.ok(['images', '-aq'])).toBe('')
    await box.ok(['pull', '-q', ...flags, image])
    await box.ok(['rmi', image])
    const byDigest = `${registry.address}/team/app@${signatures.split('@')[1]?.replace('=', ':')}`
    await box.ok(['pull', '-q', ...flags, byDigest])
  })

  rootTest('judges an encrypted image as it came, key or not; decrypted it has no signatures', async () => {
    const [image, unsigned] = ['sealed:1', 'unsigned:1'].map((name) => `${registry.address}/${name}`) as [
      string,
      string,
    ]
    await using box = registry.openBox()
    const [secret, open] = ['key.pem', 'key.pub'].map((name) => join(box.folder, name)) as [string, string]
    execFileSync('openssl', ['genpkey', '-algorithm', 'RSA', '-out', secret], { stdio: 'ignore' })
    execFileSync('openssl', ['pkey', '-in', secret, '-pubout', '-out', open])
    await box.ok(['load', '-q', '-i', busyboxArchive()], quick)
    const seal = ['push', '-q', '--encryption-key', `jwe:${open}`]
    await box.ok([...seal, busyboxName, unsigned], quick)
    await box.ok([...seal, '--sign-by', registry.key, busyboxName, image], quick)
    await box.ok(['rmi', '-a', '-f'], quick)
    const flags = policyFlags(box, { docker: { [registry.address]: signedBy() } })
    const key = ['--decryption-key', secret]
    const other = await box.try(['pull', '-q', ...flags, ...key, unsigned], quick)
    expect(other.stderr).toContain('A signature was required, but no signature exists')
    await box.ok(['pull', '-q', ...flags, ...key, image])
    const place = `dir:${join(box.folder, 'opened')}`
    const copy = ['copy', '-q', '--policy', flags[1] as string, ...key]
    const changed = await box.try([...copy, `docker://${image}`, place], quick)
    expect(changed.stderr).toMatch(/would change the digest, which is to be preserved or is signed/)
    await box.ok([...copy, '--remove-signatures', `docker://${image}`, place], quick)
    expect(readdirSync(place.slice(4)).filter((name) => name.startsWith('signature'))).toEqual([])
  })

  rootTest('guards load and copy from a folder, whose signatures lie in it', async () => {
    const image = `${registry.address}/guarded:1`
    pushSigned(image, '--sign-by', registry.key)
    await using box = registry.openBox()
    const place = join(box.folder, 'dir')
    registry.skopeo('copy', '-q', '--src-tls-verify=false', `docker://${image}`, `dir:${place}`)
    const exact = signedBy({ type: 'exactRepository', dockerRepository: `${registry.address}/guarded` })
    const loaded = await box.try(['load', '-q', ...policyFlags(box, { dir: { '': signedBy() } }), '-i', place], quick)
    expect(loaded.stderr).toMatch(/Signature for identity ".*guarded:1" is not accepted/)
    await box.ok(['load', '-q', ...policyFlags(box, { dir: { [box.folder]: exact } }), '-i', place])
    rmSync(join(place, 'signature-1'))
    const unsigned = await box.try(['load', '-q', ...policyFlags(box, { dir: { '': exact } }), '-i', place])
    expect(unsigned.stderr).toContain('no signature exists')
  })

  rootTest('a lookaside on a web server: 404 ends the list, any other failure is no consent', async () => {
    const image = `${registry.address}/web:1`
    pushSigned(image, '--sign-by', registry.key)
    const [signatures = ''] = readdirSync(registry.lookaside)
    const good = join(registry.lookaside, signatures, 'signature-1')
    const asked: string[] = []
    let answer: (number: number) => { status: number; body: Uint8Array } = () => ({ status: 404, body: Buffer.of() })
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      const { status, body } = answer(Number(/signature-(\d+)$/.exec(request.url ?? '')?.[1]))
      response.writeHead(status).end(body)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    try {
      const { port } = server.address() as AddressInfo
      const content = readFileSync(good)
      registry.reset(`default-docker:\n  sigstore: http://127.0.0.1:${port}/signatures/\n`)
      await using box = registry.openBox()
      const flags = policyFlags(box, { docker: { '': signedBy() } })
      const attempt = async (next: typeof answer) => {
        answer = next
        return (await box.try(['pull', '-q', ...flags, image], quick)).stderr
      }
      const one = (body: Uint8Array) => (number: number) =>
        number === 1 ? { status: 200, body } : { status: 404, body: Buffer.of() }
      expect(await attempt(() => ({ status: 404, body: Buffer.of() }))).toContain('no signature exists')
      expect(asked).toEqual([`/signatures/${signatures}/signature-1`])
      expect(await attempt(() => ({ status: 500, body: Buffer.of() }))).toContain('the server answered 500')
      expect(await attempt(one(Buffer.alloc(5 << 20, 0xa3)))).toContain('larger than 4194304 bytes')
      expect(await attempt(one(Buffer.from('<html>')))).toContain('its format is not recognized')
      expect(await attempt(() => ({ status: 200, body: content }))).toContain('more than 128 signatures')
      expect(await box.ok(['images', '-aq'])).toBe('')
      expect(await attempt(one(content))).toBe('')
    } finally {
      server.close()
    }
  })
})

describe('--sign-by', () => {
  rootTest('of push: skopeo lets in what it signed, and the signature goes along with the image', async () => {
    await using box = registry.openBox()
    const image = `${registry.address}/ours/app:1`
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const pushed = await box.try(['push', '--sign-by', registry.key, busyboxName, image])
    expect(pushed).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Creating signature: Signing image using simple signing\nStoring signatures\n'),
    })
    const policy = writePolicy(box, { docker: { [`${registry.address}/ours`]: signedBy() } })
    const [seen, kept] = [join(box.folder, 'seen'), join(box.folder, 'kept')]
    const read = ['copy', '-q', '--src-tls-verify=false']
    registry.skopeo('--policy', policy, ...read, `docker://${image}`, `dir:${seen}`)
    await box.ok(['rmi', '-f', busyboxName])
    await box.ok(['pull', '-q', '--signature-policy', policy, image])
    await box.ok(['push', '-q', image, `dir:${kept}`])
    expect(readFileSync(join(kept, 'signature-1'))).toEqual(readFileSync(join(seen, 'signature-1')))
    await box.ok(['push', '-q', '--remove-signatures', image, `dir:${kept}`])
    expect(readdirSync(kept)).not.toContain('signature-1')
    for (const [flags, place, reason] of [
      [['--format', 'oci'], `dir:${box.folder}/x`, 'would change the digest'],
      [[], `oci:${box.folder}/x`, 'Can not copy signatures to oci:'],
      [[], `docker-archive:${box.folder}/x`, 'Can not copy signatures to docker-archive:'],
    ] as const) {
      const refused = await box.try(['push', '-q', ...flags, image, place], quick)
      expect(refused).toMatchObject({ code: 125, stderr: expect.stringMatching(`${reason}[^]*--remove-signatures`) })
    }
    expect(readdirSync(box.folder)).not.toContain('x')
  })

  rootTest('of copy: a second signature beside the first, under a name of choice; each key lets it in', async () => {
    await using box = registry.openBox()
    const image = `${registry.address}/two:1`
    pushSigned(image, '--sign-by', registry.key)
    const second = registry.gpg.addKey('second <2@example.org>', { passphrase: 'a b' })
    const passphrase = join(box.folder, 'passphrase')
    const other = `${registry.address}/mirror:2`
    writeFileSync(passphrase, 'a b\n')
    const sign = ['--sign-by', second, '--sign-passphrase-file', passphrase, '--sign-identity', image]
    const traced = { env: { GANTRY_TRACE: 'exec,lock,http,state' } }
    const copied = await box.try(['copy', ...sign, `docker://${image}`, `docker://${other}`], traced)
    expect(copied).toMatchObject({ code: 0, stderr: expect.not.stringContaining('a b') })
    const [folder = ''] = readdirSync(registry.lookaside).filter((name) => name.startsWith('mirror@'))
    expect(readdirSync(join(registry.lookaside, folder)).sort()).toEqual(['signature-1', 'signature-2'])
    const identity = { type: 'exactReference', dockerReference: image }
    const keyOfSecond = registry.gpg.exportKey(second).toString('base64')
    const { keyPath: _, ...bySecond } = { ...signedBy(identity)[0], keyData: keyOfSecond }
    const both = { docker: { '': [...signedBy(identity), bySecond] } }
    await box.ok(['pull', '-q', ...policyFlags(box, both), other])
    const wrong = await box.try(['copy', '-q', '--sign-by', 'nobody@nowhere', `docker://${image}`, `docker://${other}`])
    expect(wrong).toMatchObject({ code: 125, stderr: expect.stringContaining("signing with key 'nobody@nowhere'") })
    const unnamed = await box.try(['copy', '-q', '--sign-by', registry.key, other, `dir:${box.folder}/d`], quick)
    expect(unnamed.stderr).toContain('Cannot determine canonical Docker reference for destination dir:')
  })
})
