// Encrypted images: what we encrypt skopeo decrypts, and the other way round; who has not the key gets nothing, and a clear line.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')
let registry: RealRegistry
let keys: Box
const key = (name: string) => join(keys.folder, name)

beforeAll(async () => {
  registry = await startDockerRegistry()
  keys = openBox()
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: keys.folder, stdio: 'ignore' })
  for (const name of ['rsa', 'stranger']) openssl('genpkey', '-algorithm', 'RSA', '-out', `${name}.pem`)
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.pem')
  for (const name of ['rsa', 'ec']) openssl('pkey', '-in', `${name}.pem`, '-pubout', '-out', `${name}.pub`)
  openssl('req', '-x509', '-new', '-key', 'rsa.pem', '-subj', '/CN=me', '-days', '2', '-out', 'rsa.crt')
})
afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await keys[Symbol.asyncDispose]()
})

const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
/** Where the store is as it was, or is looked at by the next command. */
const quick = { isChecked: false }
const there = (name: string) => `docker://${registry.address}/${name}`
interface Layer {
  mediaType: string
  digest: string
  annotations?: Record<string, string>
}
const manifestAt = (place: string) => JSON.parse(skopeo('inspect', '--raw', '--tls-verify=false', place))
const layersAt = (place: string): Layer[] => manifestAt(place).layers

/** busybox, and two layers more. */
async function loadLayered(box: Box): Promise<void> {
  const layers = ['one', 'two'].map((name) => {
    const folder = join(box.folder, name)
    mkdirSync(folder)
    writeFileSync(join(folder, name), `${name}\n`)
    return execFileSync('tar', ['-C', folder, '-cf', '-', name])
  })
  await box.ok(['load', '-q', '-i', layeredImage(box.folder, layers)], quick)
}

/** Digests of the layers when skopeo has opened them with these keys. */
function openedBySkopeo(box: Box, from: string, ...files: string[]): string[] {
  const to = `dir:${join(box.folder, `opened-${files.join('-')}`)}`
  const given = files.map((name) => `--decryption-key=${key(name)}`)
  skopeo('copy', '-q', '--src-tls-verify=false', ...given, from, to)
  return layersAt(to).map(({ digest, mediaType }) => `${mediaType} ${digest}`)
}

describe('what we encrypt', () => {
  rootTest('skopeo decrypts to the same bytes, for each recipient; the store keeps what it had', async () => {
    await using box = openBox()
    await loadLayered(box)
    const [plain, sealed] = ['plain:1', 'sealed:1'].map(there) as [string, string]
    await box.ok(['push', '-q', '--format', 'oci', layeredName, plain], quick)
    const recipients = ['jwe:rsa.pub', 'jwe:ec.pub', 'pkcs7:rsa.crt'].flatMap((text) => [
      '--encryption-key',
      text.replace(':', `:${keys.folder}/`),
    ])
    await box.ok(['push', '-q', ...recipients, layeredName, sealed], quick)
    const expected = layersAt(plain).map(({ digest, mediaType }) => `${mediaType} ${digest}`)
    expect(layersAt(sealed).map(({ mediaType }) => mediaType)).toEqual(
      Array(3).fill('application/vnd.oci.image.layer.v1.tar+gzip+encrypted'),
    )
    expect(openedBySkopeo(box, sealed, 'rsa.pem')).toEqual(expected)
    expect(openedBySkopeo(box, sealed, 'ec.pem')).toEqual(expected)
    await box.ok(['push', '-q', '--encryption-key', `pkcs7:${key('rsa.crt')}`, layeredName, sealed], quick)
    expect(openedBySkopeo(box, sealed, 'rsa.pem', 'rsa.crt')).toEqual(expected)
    expect(await box.ok(['run', '--rm', '--network', 'none', layeredName, 'cat', '/two'])).toBe('two')
  })

  rootTest(
    '--encrypt-layer takes some; all images of a list; a recipient is added without touching the layers',
    async () => {
      await using box = openBox()
      await loadLayered(box)
      const [some, list, more] = ['some', 'list', 'more'].map((name) => `oci:${join(box.folder, name)}`) as [
        string,
        string,
        string,
      ]
      const rsa = ['--encryption-key', `jwe:${key('rsa.pub')}`]
      await box.ok(['push', '-q', ...rsa, '--encrypt-layer', '0,-1', layeredName, some], quick)
      expect(layersAt(some).map(({ mediaType }) => mediaType.endsWith('+encrypted'))).toEqual([true, false, true])
      const outside = await box.try(['push', '-q', ...rsa, '--encrypt-layer', '-4', layeredName, some], quick)
      expect(outside).toMatchObject({
        code: 125,
        stderr: expect.stringContaining('--encrypt-layer -4 is out of range'),
      })

      const both = [...rsa, '--encryption-key', `jwe:${key('ec.pub')}`]
      const added = await box.try(['copy', '-q', ...both, '--decryption-key', key('stranger.pem'), some, more], quick)
      expect(added).toMatchObject({
        code: 125,
        stderr: expect.stringContaining('none of the private keys could be used for decryption'),
      })
      const ec = ['--encryption-key', `jwe:${key('ec.pub')}`, '--encrypt-layer', '0,2']
      await box.ok(['copy', '-q', ...ec, '--decryption-key', key('rsa.pem'), some, more], quick)
      expect(layersAt(more).map(({ digest }) => digest)).toEqual(layersAt(some).map(({ digest }) => digest))
      expect(openedBySkopeo(box, more, 'ec.pem')).toEqual(openedBySkopeo(box, more, 'rsa.pem'))

      await box.ok(['manifest', 'create', 'list', layeredName], quick)
      await box.ok(['manifest', 'push', '-q', '--all', 'list', list], quick)
      await box.ok(['copy', '-q', '--all', ...rsa, list, there('list:1')])
      const top = manifestAt(there('list:1'))
      expect(top.mediaType).toBe('application/vnd.oci.image.index.v1+json')
      expect(openedBySkopeo(box, there('list:1'), 'rsa.pem')).toHaveLength(3)
    },
  )
})

describe('what skopeo encrypts', () => {
  rootTest('is pulled with the key, run and built upon; twice is fetched once', async () => {
    await using box = openBox()
    await loadLayered(box)
    const name = `${registry.address}/theirs:1`
    await box.ok(['push', '-q', layeredName, there('base:1')], quick)
    const both = [`jwe:${key('ec.pub')}`, `pkcs7:${key('rsa.crt')}`].map((text) => `--encryption-key=${text}`)
    const verify = ['--src-tls-verify=false', '--dest-tls-verify=false']
    skopeo('copy', '-q', ...verify, ...both, there('base:1'), `docker://${name}`)
    const { digest } = JSON.parse(
      skopeo('inspect', '--tls-verify=false', `docker://${name}`).replace('Digest', 'digest'),
    )
    await box.ok(['rmi', '-a', '-f'], quick)

    for (const [given, reason] of [
      [[], '(jwe, pkcs7) is encrypted, and no private key was given'],
      [['--decryption-key', key('stranger.pem')], 'none of the private keys could be used for decryption'],
    ] as [string[], string][]) {
      const { code, stderr } = await box.try(['pull', '-q', ...given, name])
      expect([code, stderr]).toEqual([125, expect.stringContaining(reason)])
    }
    expect(await box.ok(['images', '-q'], quick)).toBe('')
    expect(readdirSync(join(box.root, 'staging'))).toEqual([])

    const run = ['run', '--rm', '--network', 'none', '--decryption-key', key('rsa.pem'), name, 'cat', '/one', '/two']
    expect(await box.ok(run)).toBe('one\ntwo')
    const before = registry.requests().length
    await box.ok(['pull', '-q', '--decryption-key', key('ec.pem'), name])
    expect(
      registry
        .requests()
        .slice(before)
        .filter((request) => request.includes('/blobs/')),
    ).toHaveLength(1)
    expect(await box.ok(['image', 'inspect', '--format', '{{.RepoDigests}}', name], quick)).toContain(
      `theirs@${digest}`,
    )
    expect(
      await box.ok(['run', '--rm', '--network', 'none', `${registry.address}/theirs@${digest}`, 'cat', '/two']),
    ).toBe('two')

    await box.ok(['rmi', '-a', '-f'], quick)
    const build = ['build', '-q', '--network', 'none', '--decryption-key', key('ec.pem'), '-']
    await box.ok(build, { stdin: `FROM ${name}\nRUN cat /one /two > /three\n` })
  })

  rootTest('what was changed on the way is refused, also where its digest says that it is right', async () => {
    await using box = openBox()
    await loadLayered(box)
    const folder = join(box.folder, 'layout')
    const blob = (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
    const sealed = ['--encryption-key', `jwe:${key('rsa.pub')}`, layeredName, `oci:${folder}`]
    const pull = ['pull', '-q', '--decryption-key', key('rsa.pem'), `oci:${folder}`]
    await box.ok(['push', '-q', ...sealed], quick)
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
    const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), 'utf8'))
    const store = (bytes: Buffer) => {
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
      writeFileSync(blob(digest), bytes)
      return { digest, size: bytes.length }
    }
    const bytes = readFileSync(blob(manifest.layers[1].digest))
    bytes[10] = (bytes[10] as number) ^ 1
    const layers = manifest.layers.toSpliced(1, 1, { ...manifest.layers[1], ...store(bytes) })
    const changed = store(Buffer.from(JSON.stringify({ ...manifest, layers })))
    const manifests = [{ ...index.manifests[0], ...changed }]
    await box.ok(['rmi', '-a', '-f'], quick)
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ ...index, manifests }))
    const tampered = await box.try(pull)
    expect(tampered).toMatchObject({ code: 125, stderr: expect.stringMatching(/is not what was encrypted: its HMAC/) })
    const staged = () => readdirSync(join(box.root, 'staging'))
    expect(staged()).not.toContain(`${layers[1].digest.slice(7)}.part`)

    writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
    truncateSync(blob(manifest.layers[1].digest), 20)
    const cut = await box.try(pull)
    expect(cut).toMatchObject({ code: 125, stderr: expect.stringContaining(manifest.layers[1].digest) })
    expect(await box.ok(['images', '-q'], quick)).toBe('')
    // What came is gone on with by the next pull.
    expect(staged().filter((name) => !name.endsWith('.part'))).toEqual([])
  })
})

rootTest('a registry that cuts layers off: the pull goes on where it was, or leaves nothing', async () => {
  await using box = openBox()
  await using flaky = await startRegistry()
  await loadLayered(box)
  const name = `${flaky.address}/sealed:1`
  await box.ok(['push', '-q', '--encryption-key', `jwe:${key('rsa.pub')}`, layeredName, name], quick)
  await box.ok(['rmi', '-a', '-f'], quick)
  let cuts = 0
  let most = Number.POSITIVE_INFINITY
  flaky.hook = ({ url = '', headers, method }, response) => {
    const blob = flaky.blobs.get(url.split('/blobs/')[1] ?? '')
    if (method !== 'GET' || blob === undefined || blob.length < 1 << 20 || cuts >= most) return false
    cuts += 1
    const from = Number(/^bytes=(\d+)/.exec(headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': blob.length - from,
      ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` }),
    })
    // Whoever gets on is asked again and again: in the end nothing more comes.
    response.write(blob.subarray(from, from + (cuts > 3 ? 0 : 100_000)), () => response.destroy())
    return true
  }
  const pull = ['pull', '-q', '--retry', '1', '--retry-delay', '10ms', '--decryption-key', key('rsa.pem'), name]
  const failed = await box.try(pull)
  expect([failed.code, failed.stderr]).toEqual([
    125,
    expect.stringMatching(/Error: blob sha256:.* broke off after 300000 of /),
  ])
  expect(await box.ok(['images', '-q'], quick)).toBe('')
  ;[cuts, most] = [0, 1]
  flaky.requests.length = 0
  await box.ok(pull)
  expect(cuts).toBe(1)
  expect(flaky.requests.map(({ range }) => range)).toContain('bytes=300000-')
  expect(readdirSync(join(box.root, 'staging'))).toEqual([])
  expect(await box.ok(['run', '--rm', '--network', 'none', name, 'cat', '/two'])).toBe('two')
})

rootTest('inspect shows how a container was made, without the passphrase', async () => {
  await using box = openBox()
  await loadLayered(box)
  const locked = join(box.folder, 'locked.pem')
  execFileSync('openssl', ['pkey', '-in', key('rsa.pem'), '-aes256', '-passout', 'pass:sesame', '-out', locked])
  const create = ['create', '--network', 'none', '--name', 'made', `--decryption-key=${locked}:sesame`, layeredName]
  await box.ok(create, quick)
  const shown = await box.ok(['inspect', '--format', '{{.Config.CreateCommand}}', 'made'], quick)
  expect(shown).toContain(`--decryption-key=${locked}`)
  expect(shown).not.toContain('sesame')
})
