// Layers as zstd:chunked: written so that others read them, read from others, and fetched only as far as the store does not have them.

import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'docker-registry', 'skopeo')
const fileBytes = 300_000
const chunked = ['--compression-format', 'zstd:chunked']

/** An image with a layer of twelve files of 300 kB; in each version another one of them is another. */
function versionOf(folder: string, version: number): string {
  const tree = join(folder, 'tree')
  mkdirSync(join(tree, 'files'), { recursive: true })
  for (let at = 0; at < 12; at++) {
    if (version === 0 || at === version) writeFileSync(join(tree, 'files', String(at)), randomBytes(fileBytes))
  }
  // Debian's skopeo loses what follows two blocks of zeros.
  const flags = ['--blocking-factor=1', '--sort=name', '--mtime=@0']
  const tar = execFileSync('tar', ['-C', tree, ...flags, '-cf', '-', 'files'], { maxBuffer: 1 << 26 })
  return layeredImage(folder, [tar])
}

const sumOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

describe('with others', () => {
  let registry: RealRegistry
  let box: Box
  const skopeo = (...args: string[]) =>
    execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  beforeAll(async () => {
    registry = await startDockerRegistry()
    box = openBox()
    await box.ok(['load', '-q', '-i', versionOf(box.folder, 0)])
  })
  afterAll(async () => {
    await box[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  test('what is pushed is read by skopeo, and has a table of contents', async () => {
    const name = `docker://${registry.address}/ours:1`
    await box.ok(['push', '-q', ...chunked, layeredName, name])
    const { layers } = JSON.parse(skopeo('inspect', '--raw', '--tls-verify=false', name)) as Manifest
    for (const { mediaType, annotations } of layers) {
      expect(mediaType).toBe('application/vnd.oci.image.layer.v1.tar+zstd')
      expect(annotations).toHaveProperty(['io.github.containers.zstd-chunked.manifest-checksum'])
    }
    const copy = `dir:${join(box.folder, 'copy')}`
    skopeo('copy', '-q', '--src-tls-verify=false', '--dest-decompress', name, copy)
    const plain = JSON.parse(skopeo('inspect', '--raw', copy)) as Manifest
    const own = await box.ok(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', layeredName])
    expect(plain.layers.map(({ digest }) => digest)).toEqual(JSON.parse(own))
  })

  test('what skopeo writes is pulled', async () => {
    const name = `${registry.address}/theirs:1`
    const archive = versionOf(box.folder, 1)
    const flags = ['-q', '--dest-tls-verify=false', '--dest-compress-format', 'zstd:chunked']
    skopeo('copy', ...flags, `docker-archive:${archive}`, `docker://${name}`)
    await box.ok(['pull', '-q', name])
    const file = readFileSync(join(box.folder, 'tree/files/1'))
    expect(await box.ok(['run', '--rm', name, 'sha256sum', '/files/1'])).toContain(sumOf(file))
  })
})

interface Manifest {
  readonly layers: readonly { readonly mediaType: string; readonly digest: string; readonly annotations?: object }[]
}

describe('from one version to the next', () => {
  let registry: TestRegistry
  let box: Box
  const name = (version: number) => `${registry.address}/app:${version}`

  beforeAll(async () => {
    registry = await startRegistry()
    box = openBox()
    for (const version of [0, 2, 3]) {
      await box.ok(['load', '-q', '-i', versionOf(box.folder, version)])
      await box.ok(['push', '-q', ...chunked, layeredName, name(version)])
    }
    await box.ok(['rmi', '-af'])
  })
  afterAll(async () => {
    await box[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  /** How many bytes of large blobs were asked for. */
  const pulled = async (version: number): Promise<number> => {
    registry.requests.length = 0
    await box.ok(['pull', '-q', name(version)])
    const sizes = registry.requests.map(({ path, range }) => {
      const { length } = registry.blobs.get(path.split('/blobs/')[1] ?? '') ?? { length: 0 }
      const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)/.exec(range ?? '') ?? []
      return length < fileBytes ? 0 : (last === '' ? length : Number(last) + 1) - Number(first)
    })
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  const hasFile = async (version: number, at: number) => {
    const { stdout } = await box.try(['run', '--rm', name(version), 'sha256sum', `/files/${at}`])
    return stdout.split(' ')[0]
  }

  test('only what is new is fetched, and what is pulled is what was pushed', async () => {
    expect(await pulled(0)).toBeGreaterThan(12 * fileBytes)
    const bytes = await pulled(3)
    expect(bytes).toBeGreaterThan(2 * fileBytes)
    expect(bytes).toBeLessThan(3 * fileBytes)
    const sums = await Promise.all([3, 4].map(async (at) => hasFile(3, at)))
    expect(sums).toEqual([3, 4].map((at) => sumOf(readFileSync(join(box.folder, 'tree/files', String(at))))))
    expect(await box.ok(['system', 'check'])).toBe('')
  })

  test('a registry that sends the whole when a part is asked for is asked once for the whole', async () => {
    registry.hook = ({ headers }) => {
      delete headers.range
      return false
    }
    registry.requests.length = 0
    await box.ok(['pull', '-q', name(2)])
    registry.hook = undefined
    const large = registry.requests.filter(
      ({ path }) => (registry.blobs.get(path.split('/blobs/')[1] ?? '')?.length ?? 0) > 12 * fileBytes,
    )
    expect(large.map(({ range }) => range !== undefined)).toEqual([true, false])
    expect(await hasFile(2, 3)).not.toBe('')
    await box.ok(['rmi', '-f', name(2)])
  })

  test('where the table of contents leads astray the whole is fetched', async () => {
    // The same table, and other bytes where it says nothing new: the owner's name in a header.
    const tree = join(box.folder, 'tree')
    const flags = ['--blocking-factor=1', '--sort=name', '--mtime=@0', '--owner=toor:0', '--group=toor:0']
    const tar = execFileSync('tar', ['-C', tree, ...flags, '-cf', '-', 'files'], { maxBuffer: 1 << 26 })
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [tar])])
    await box.ok(['push', '-q', ...chunked, layeredName, name(4)])
    await box.ok(['rmi', '-f', layeredName])
    expect(await pulled(4)).toBeGreaterThan(12 * fileBytes)
    expect(await hasFile(4, 3)).toBe(await hasFile(3, 3))
  })
})
