// Simple signing, judged by skopeo: what it signs we verify, and the other way round, with a real registry and a lookaside. What a
// verifier must refuse of the signature itself: test/integration/signature/.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { type GpgHome, openGpgHome } from '../support/gpg-keys.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'gpg')
let registry: RealRegistry
let gpg: GpgHome
let key: string
/** Holds the public key, and `sigstore/`: the lookaside. */
let folder: string
let skopeoFlags: readonly string[]

beforeAll(async () => {
  registry = await startDockerRegistry()
  gpg = openGpgHome()
  key = gpg.addKey('signer <s@example.org>')
  folder = mkdtempSync(join(tmpdir(), 'gantry-trust-'))
  writeFileSync(join(folder, 'key.gpg'), gpg.exportKey(key))
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  gpg[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  rmSync(join(folder, 'sigstore'), { recursive: true, force: true })
  mkdirSync(join(folder, 'sigstore'))
  mkdirSync(join(folder, 'registries.d'), { recursive: true })
  const lookaside = `file://${join(folder, 'sigstore')}`
  writeFileSync(join(folder, 'registries.d/test.yaml'), `default-docker:\n  lookaside: ${lookaside}\n`)
  skopeoFlags = ['--registries.d', join(folder, 'registries.d')]
})

const skopeo = (...args: string[]) =>
  execFileSync('skopeo', [...skopeoFlags, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GNUPGHOME: gpg.home },
  })
const pushSigned = (name: string, ...flags: string[]) =>
  skopeo('copy', '-q', '--dest-tls-verify=false', ...flags, `docker-archive:${busyboxArchive()}`, `docker://${name}`)
const signedBy = (identity?: object) => [
  {
    type: 'signedBy',
    keyType: 'GPGKeys',
    keyPath: join(folder, 'key.gpg'),
    ...(identity === undefined ? {} : { signedIdentity: identity }),
  },
]

/** A box that reads the lookaside; and the flags of a policy. */
function openTrustBox(): Box {
  const box = openBox()
  const home = join(box.env['HOME'] as string, '.config/containers')
  mkdirSync(home, { recursive: true })
  cpSync(join(folder, 'registries.d'), join(home, 'registries.d'), { recursive: true })
  return box
}

function policyFlags(box: Box, transports: object): string[] {
  const path = join(box.folder, 'policy.json')
  writeFileSync(path, JSON.stringify({ default: [{ type: 'reject' }], transports }))
  return ['--signature-policy', path]
}

describe('signedBy', () => {
  rootTest('lets in what skopeo signed for that name, by tag or digest, and nothing else', async () => {
    const image = `${registry.address}/team/app:1`
    pushSigned(image, '--sign-by', key)
    pushSigned(`${registry.address}/team/other:1`)
    await using box = openTrustBox()
    const flags = policyFlags(box, { docker: { [registry.address]: signedBy() } })
    const other = await box.try(['pull', '-q', ...flags, `${registry.address}/team/other:1`])
    expect(other).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('Source image rejected: A signature was required, but no signature exists'),
    })
    const [signatures = ''] = readdirSync(join(folder, 'sigstore/team'))
    const stolen = signatures.replace('app@', 'other@')
    cpSync(join(folder, 'sigstore/team', signatures), join(folder, 'sigstore/team', stolen), { recursive: true })
    const renamed = await box.try(['pull', '-q', ...flags, `${registry.address}/team/other:1`])
    expect(renamed.stderr).toContain(`Signature for identity "${image}" is not accepted`)
    expect(await box.ok(['images', '-aq'])).toBe('')
    await box.ok(['pull', '-q', ...flags, image])
    await box.ok(['rmi', image])
    const byDigest = `${registry.address}/team/app@${signatures.split('@')[1]?.replace('=', ':')}`
    await box.ok(['pull', '-q', ...flags, byDigest])
  })

  rootTest('guards load and copy from a folder, whose signatures lie in it', async () => {
    const image = `${registry.address}/guarded:1`
    pushSigned(image, '--sign-by', key)
    await using box = openTrustBox()
    const place = join(box.folder, 'dir')
    skopeo('copy', '-q', '--src-tls-verify=false', `docker://${image}`, `dir:${place}`)
    const exact = signedBy({ type: 'exactRepository', dockerRepository: `${registry.address}/guarded` })
    const loaded = await box.try(['load', '-q', ...policyFlags(box, { dir: { '': signedBy() } }), '-i', place])
    expect(loaded.stderr).toMatch(/Signature for identity ".*guarded:1" is not accepted/)
    await box.ok(['load', '-q', ...policyFlags(box, { dir: { [box.folder]: exact } }), '-i', place])
    rmSync(join(place, 'signature-1'))
    const unsigned = await box.try(['load', '-q', ...policyFlags(box, { dir: { '': exact } }), '-i', place])
    expect(unsigned.stderr).toContain('no signature exists')
  })

  rootTest('a lookaside on a web server: 404 ends the list, any other failure is no consent', async () => {
    const image = `${registry.address}/web:1`
    pushSigned(image, '--sign-by', key)
    const [signatures = ''] = readdirSync(join(folder, 'sigstore'))
    const good = join(folder, 'sigstore', signatures, 'signature-1')
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
      const lookaside = `default-docker:\n  sigstore: http://127.0.0.1:${port}/signatures/\n`
      writeFileSync(join(folder, 'registries.d/test.yaml'), lookaside)
      await using box = openTrustBox()
      const flags = policyFlags(box, { docker: { '': signedBy() } })
      const attempt = async (next: typeof answer) => {
        answer = next
        return (await box.try(['pull', '-q', ...flags, image])).stderr
      }
      const one = (body: Uint8Array) => (number: number) =>
        number === 1 ? { status: 200, body } : { status: 404, body: Buffer.of() }
      expect(await attempt(() => ({ status: 404, body: Buffer.of() }))).toContain('no signature exists')
      expect(asked).toEqual([`/signatures/${signatures}/signature-1`])
      expect(await attempt(() => ({ status: 500, body: Buffer.of() }))).toContain('the server answered 500')
      expect(await attempt(one(Buffer.alloc(5 << 20, 0xa3)))).toContain('larger than 4194304 bytes')
      expect(await attempt(one(Buffer.from('<html>')))).toContain('its format is not recognized')
      expect(await attempt(() => ({ status: 200, body: readFileSync(good) }))).toContain('more than 128 signatures')
      expect(await box.ok(['images', '-aq'])).toBe('')
      expect(await attempt(one(readFileSync(good)))).toBe('')
    } finally {
      server.close()
    }
  })
})
