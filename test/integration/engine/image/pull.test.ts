import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from '../../../../src/base/digest.ts'
import { pull } from '../../../../src/engine/image/pull.ts'
import { native } from '../../../../src/os/native.ts'
import { paths } from '../../../../src/state/layout.ts'
import { listImageIds, readImage } from '../../../../src/transport/image-records.ts'
import { testEngine } from '../../../support/engine.ts'
import { eventually } from '../../../support/eventually.ts'
import { addImage, startRegistry, type TestRegistry } from '../../../support/registry.ts'
import { requires } from '../../../support/requires.ts'
import { block, end, member, padded } from '../../../unit/image/tar-bytes.ts'

const retry = { retries: 2, firstDelayMs: 1 }
const options = { policy: 'always', retry } as const
const rootTest = requires('root', 'overlay')
let registry: TestRegistry

beforeEach(async () => {
  registry = await startRegistry()
  return async () => registry[Symbol.asyncDispose]()
})

const tar = (...members: Buffer[]) => Buffer.concat([...members, end])
const big = tar(member({ name: 'big' }, 'x'.repeat(300_000)))

describe('pull', () => {
  rootTest('spreads layers over the disk, where the file system lets it', async ({ skip }) => {
    using world = testEngine()
    addImage(registry, 'latest', [tar(member({ name: 'a' }, 'x'))])
    await pull(world.engine, `${registry.address}/a:latest`, options)
    const layers = join(world.engine.at.root, 'layers')
    if (native().statfsType(layers) !== 0xef53) skip('only ext4 knows the attribute')
    expect(execFileSync('lsattr', ['-d', layers], { encoding: 'utf8' }).split(' ')[0]).toContain('T')
  })

  rootTest('continues a broken transfer where it broke', async () => {
    using world = testEngine()
    const { id } = addImage(registry, 'latest', [big])
    let breaks = 2
    registry.hook = (request, response) => {
      if (!request.url?.includes('/blobs/') || request.url.endsWith(id) || breaks-- <= 0) return false
      const start = Number(/(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      response.writeHead(start === 0 ? 200 : 206, {
        'content-length': big.length - start,
        ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${big.length - 1}/${big.length}` }),
      })
      response.write(big.subarray(start, start + 100_000), () => response.destroy())
      return true
    }
    const [pulled] = await pull(world.engine, `${registry.address}/a:latest`, options)
    expect(pulled?.record.id).toBe(id)
    expect(registry.requests.filter(({ range }) => range !== undefined).length).toBeGreaterThan(0)
  })

  rootTest('succeeds also where somebody removes the image at once', async () => {
    using world = testEngine()
    const { id } = addImage(registry, 'latest', [big])
    const { at, events } = world.engine
    const remove = () => {
      const record = readImage(at, id)
      if (record === undefined) return
      for (const path of [paths.image(at, id), paths.blob(at, record.configDigest)]) rmSync(path)
    }
    const engine = { ...world.engine, events: { ...events, append: remove } }
    const [pulled] = await pull(engine, `${registry.address}/a:latest`, options)
    expect(pulled?.record.id).toBe(id)
    expect(listImageIds(at)).toEqual([])
  })

  rootTest('asks as often as containers.conf says, unless the caller says', async () => {
    using world = testEngine({ registryRetry: { retries: 1, firstDelayMs: 1 } })
    registry.hook = ({ url = '' }, response) => {
      if (!url.includes('/manifests/')) return false
      return response.writeHead(503).end() !== undefined
    }
    const attempts = async (more: object) => {
      const before = registry.requests.length
      const pulling = pull(world.engine, `${registry.address}/a:latest`, { policy: 'always', ...more })
      await expect(pulling).rejects.toMatchObject({ kind: 'unavailable' })
      return registry.requests.slice(before).filter(({ path }) => path.includes('/manifests/')).length
    }
    expect(await attempts({})).toBe(2)
    expect(await attempts({ retry: { retries: 3 } })).toBe(4)
    world.reports.length = 0
    await attempts({ retry: { retries: 2, delayMs: 2 } })
    const told = world.reports.flatMap((report) => (report.type === 'warning' ? [report.message] : []))
    expect(told.map((line) => line.slice(0, 36))).toEqual([
      'Failed, retrying in 2ms ... (1/2). E',
      'Failed, retrying in 2ms ... (2/2). E',
    ])
  })

  rootTest.each([429, 500, 503])('tries again after %i, and gives up after the retries', async (status) => {
    using world = testEngine()
    addImage(registry, 'latest', [big])
    let failures = 2
    registry.hook = (request, response) => {
      if (!request.url?.includes('/manifests/') || failures-- <= 0) return false
      response.writeHead(status, { 'retry-after': '0' }).end()
      return true
    }
    await pull(world.engine, `${registry.address}/a:latest`, options)
    failures = 100
    await expect(pull(world.engine, `${registry.address}/a:latest`, options)).rejects.toMatchObject({
      kind: 'unavailable',
    })
  })

  describe('a layer is unpacked while it comes', () => {
    const early = member({ name: 'early' }, 'y'.repeat(700_000))
    const layer = tar(early, member({ name: 'late' }, 'z'.repeat(900_000)))

    /** Of layers that have no name yet. */
    function filesBeingUnpacked(root: string): string[] {
      const halves = readdirSync(join(root, 'layers')).filter((name) => name.endsWith('.tmp'))
      return halves.flatMap((name) => readdirSync(join(root, 'layers', name, 'diff')))
    }

    function watching(folder: string, onName: (name: string | null) => void): Disposable {
      const watcher = watch(folder, (_, name) => onName(name))
      return { [Symbol.dispose]: () => watcher.close() }
    }

    rootTest('its first files are there before its last bytes have come', async () => {
      using world = testEngine()
      const { root } = world.engine.at
      const { id } = addImage(registry, 'latest', [layer])
      const finish = Promise.withResolvers<void>()
      registry.hook = ({ url = '' }, response) => {
        if (!url.includes('/blobs/') || url.endsWith(id)) return false
        response.writeHead(200, { 'content-length': layer.length }).write(layer.subarray(0, early.length + 512))
        void finish.promise.then(() => response.end(layer.subarray(early.length + 512)))
        return true
      }
      const pulling = pull(world.engine, `${registry.address}/a:latest`, options)
      await eventually(() => filesBeingUnpacked(root).includes('early'))
      expect(listImageIds(world.engine.at)).toEqual([])
      finish.resolve()
      await pulling
      const [name = ''] = readdirSync(join(root, 'layers'))
      expect(readdirSync(join(root, 'layers', name, 'diff')).sort()).toEqual(['early', 'late'])
    })

    rootTest('what came first was something else: the whole is fetched and unpacked again', async () => {
      using world = testEngine()
      const { at } = world.engine
      const { id } = addImage(registry, 'latest', [layer])
      const other = tar(member({ name: 'other' }, 'y'.repeat(700_000)))
      mkdirSync(paths.blobStaging(at), { recursive: true })
      writeFileSync(paths.blobPart(at, digestOf(layer)), other.subarray(0, 600_000))
      const [pulled] = await pull(world.engine, `${registry.address}/a:latest`, options)
      expect(pulled?.record.id).toBe(id)
      const [name = ''] = readdirSync(join(at.root, 'layers'))
      expect(readdirSync(join(at.root, 'layers', name, 'diff')).sort()).toEqual(['early', 'late'])
    })

    rootTest('what is refused for what it holds is unpacked once, and nothing of it stays', async () => {
      using world = testEngine()
      const { root } = world.engine.at
      const layers = join(root, 'layers')
      mkdirSync(layers, { recursive: true })
      addImage(registry, 'latest', [tar(early, member({ name: '../escape' }, 'z'.repeat(900_000)))])
      const seen = new Set<string | null>()
      using _watcher = watching(layers, (name) => seen.add(name))
      await expect(pull(world.engine, `${registry.address}/a:latest`, options)).rejects.toMatchObject({
        code: 'layer-path-escapes',
      })
      // The kernel tells of it after all that was made before.
      mkdirSync(join(layers, 'last'))
      await eventually(() => seen.has('last'))
      expect([...seen].filter((name) => name?.endsWith('.tmp'))).toHaveLength(1)
      expect(readdirSync(layers)).toEqual(['last'])
      expect(readdirSync(join(root, 'locks')).filter((name) => name.startsWith('layer-'))).toEqual([])
    })

    rootTest(
      'when it breaks off for good, nothing of the layer stays, and what came is there for the next pull',
      async () => {
        using world = testEngine()
        const { at } = world.engine
        const { id } = addImage(registry, 'latest', [layer])
        registry.hook = ({ url = '', headers }, response) => {
          if (!url.includes('/blobs/') || url.endsWith(id)) return false
          if (headers.range !== undefined) return response.writeHead(503).end() !== undefined
          response.writeHead(200, { 'content-length': layer.length })
          response.write(layer.subarray(0, early.length), () => response.destroy())
          return true
        }
        const failed = pull(world.engine, `${registry.address}/a:latest`, options)
        await expect(failed).rejects.toMatchObject({ kind: 'unavailable' })
        expect(readdirSync(join(at.root, 'layers'))).toEqual([])
        expect(statSync(paths.blobPart(at, digestOf(layer))).size).toBeGreaterThan(500_000)
        registry.hook = undefined
        registry.requests.length = 0
        await pull(world.engine, `${registry.address}/a:latest`, options)
        expect(registry.requests.some(({ range }) => range !== undefined)).toBe(true)
      },
    )
  })

  rootTest('refuses a blob that is not what its digest says, and keeps nothing', async () => {
    using world = testEngine()
    const { id } = addImage(registry, 'latest', [big])
    registry.hook = (request, response) => {
      if (!request.url?.includes('/blobs/') || request.url.endsWith(id)) return false
      response.end(Buffer.alloc(big.length, 1))
      return true
    }
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    await expect(failed).rejects.toMatchObject({ code: 'blob-digest-mismatch' })
    expectNothing(world.engine.at.root)
  })
})

const link = (type: string, name: string, target: string) => block({ name, type, link: target })
const hostile: readonly (readonly [string, Buffer])[] = [
  ['a name with ..', tar(member({ name: '../escape' }, 'x'))],
  ['a name with .. in the middle', tar(member({ name: 'a/../../escape' }, 'x'))],
  ['a file through a link to outside', tar(link('2', 'out', '/nowhere-here'), member({ name: 'out/escape' }, 'x'))],
  ['a hard link to outside', tar(link('1', 'passwd', '../../../../etc/passwd'))],
  ['a hard link to what is not there', tar(link('1', 'passwd', '/etc/passwd'))],
  ['a whiteout of ..', tar(member({ name: '.wh...' }))],
  ['a whiteout of a whiteout', tar(member({ name: '.wh..wh.x' }))],
  ['a negative size', tar(block({ size: Buffer.from('ffffffffffffffffffffff00', 'hex') }))],
  ['a huge size', tar(block({ size: 8 ** 11 - 1 }), padded('x'))],
  ['a path of 600 folders', tar(member({ type: 'L' }, `${'d/'.repeat(600)}f\0`), member({ name: 'cut' }))],
]

describe('hostile layers are refused, and nothing is kept', () => {
  rootTest.each(hostile)('%s', async (_, layer) => {
    using world = testEngine()
    addImage(registry, 'latest', [layer])
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    const error: unknown = await failed.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'EngineError' })
    expect((error as Error).message).not.toContain('\n')
    expectNothing(world.engine.at.root)
    expect(existsSync(join(world.folder, 'escape'))).toBe(false)
  })

  rootTest('more than the configured cap', async () => {
    const limits = { totalBytes: 100_000, entries: 10, pathBytes: 100, depth: 10, fileBytes: 100_000 }
    using world = testEngine({ unpackLimits: limits })
    addImage(registry, 'latest', [big])
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    await expect(failed).rejects.toMatchObject({ code: 'layer-too-large' })
    expectNothing(world.engine.at.root)
  })

  rootTest('a wrong diff id', async () => {
    using world = testEngine()
    addImage(registry, 'latest', [big], [`sha256:${'0'.repeat(64)}`])
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    await expect(failed).rejects.toMatchObject({ code: 'layer-digest-mismatch' })
    expectNothing(world.engine.at.root)
  })

  test('10,000 layers', async () => {
    using world = testEngine()
    const layers = Array.from({ length: 10_000 }, () => big.subarray(0, 512))
    addImage(registry, 'latest', layers)
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    await expect(failed).rejects.toMatchObject({ code: 'manifest-malformed' })
  })

  test('deep JSON', async () => {
    using world = testEngine()
    registry.hook = (request, response) => {
      if (!request.url?.includes('/manifests/')) return false
      response.end('['.repeat(100_000))
      return true
    }
    const failed = pull(world.engine, `${registry.address}/a:latest`, options)
    await expect(failed).rejects.toMatchObject({ code: 'document-too-deep' })
  })
})

function expectNothing(root: string): void {
  expect(listImageIds({ root, run: root })).toEqual([])
  expect(readdirSync(join(root, 'layers'))).toEqual([])
  expect(readdirSync(join(root, 'l'))).toEqual([])
}
