// push against a registry that fails in every way a test can script: success after another try, or one clear line.

import { randomBytes } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect } from 'vitest'
import { type Digest, digestOf } from '../../../../src/base/digest.ts'
import { pull } from '../../../../src/engine/image/pull.ts'
import { push } from '../../../../src/engine/image/push.ts'
import { remove } from '../../../../src/engine/image/remove.ts'
import { paths } from '../../../../src/state/layout.ts'
import { type TestEngine, testEngine } from '../../../support/engine.ts'
import { addImage, type Hook, startRegistry, type TestRegistry } from '../../../support/registry.ts'
import { requires } from '../../../support/requires.ts'
import { end, member } from '../../../unit/image/tar-bytes.ts'

const retry = { retries: 3, firstDelayMs: 1 }
const rootTest = requires('root', 'overlay')
/** More than goes in one request, and nothing that compresses. */
const big = Buffer.concat([member({ name: 'big' }, randomBytes(6 << 20).toString('latin1')), end])
const packedBig = gzipSync(big, { level: 1 })
const small = gzipSync(Buffer.concat([member({ name: 'small' }, 'x'), end]))
let from: TestRegistry
let to: TestRegistry
let original: { id: string; digest: string }

beforeEach(async () => {
  from = await startRegistry()
  to = await startRegistry()
  original = addGzippedImage(from)
  return async () => {
    await from[Symbol.asyncDispose]()
    await to[Symbol.asyncDispose]()
  }
})

function addGzippedImage(registry: TestRegistry) {
  const diffIds = [digestOf(big), digestOf(Buffer.concat([member({ name: 'small' }, 'x'), end]))]
  return addImage(registry, 'latest', [packedBig, small], diffIds)
}

async function pulled(): Promise<TestEngine> {
  const world = testEngine()
  await pull(world.engine, `${from.address}/a:latest`, { policy: 'always', retry })
  return world
}

const pushThere = async (world: TestEngine, path = 'b:1') =>
  push(world.engine, { image: `${from.address}/a:latest`, destination: `${to.address}/${path}` }, { retry })

const uploads = () => to.requests.filter(({ method }) => method === 'PATCH' || method === 'PUT' || method === 'POST')

function expectWhole() {
  expect(to.manifests.get('1')?.bytes.toString()).toBe(from.manifests.get('latest')?.bytes.toString())
  for (const blob of [packedBig, small]) expect(Buffer.compare(to.blobs.get(digestOf(blob)) ?? end, blob)).toBe(0)
}

/** `hook`, the first `times` that it answers. */
function times(count: number, hook: Hook): Hook {
  let left = count
  return (request, response) => left > 0 && hook(request, response) && left-- > 0
}

describe('push', () => {
  rootTest(
    'keeps every byte and the digest, and tells of it; a second push sends nothing but the manifest',
    async () => {
      using world = await pulled()
      expect((await pushThere(world)).digest).toBe(original.digest)
      expectWhole()
      expect(world.events.at(-1)).toMatchObject({ status: 'push', id: original.id, name: `${to.address}/b:1` })
      const before = uploads().length
      await pushThere(world)
      expect(uploads().slice(before)).toEqual([])
    },
  )

  rootTest('a blob of a neighbouring repository is taken over from there', async () => {
    using world = await pulled()
    const destination = `${from.address}/elsewhere:1`
    let isHidden = true
    from.hook = ({ method, url = '' }, response) => {
      if (method === 'POST' && url.includes('mount=')) isHidden = true
      if (!isHidden || method !== 'HEAD') return false
      response.writeHead(404).end()
      return true
    }
    await push(world.engine, { image: `${from.address}/a:latest`, destination }, { retry })
    const mounts = from.requests.filter(({ method }) => method === 'POST')
    expect(mounts.length).toBe(3)
    expect(mounts.every(({ path }) => /\?mount=sha256%3A[0-9a-f]{64}&from=a$/.test(path))).toBe(true)
    expect(from.requests.filter(({ method }) => method === 'PATCH')).toEqual([])
  })

  rootTest.each([429, 500, 503])('tries again after %i, and gives up after the retries', async (status) => {
    using world = await pulled()
    const fail: Hook = ({ method }, response) => {
      if (method === 'GET' || method === 'HEAD') return false
      response.writeHead(status, { 'retry-after': '0', connection: 'close' }).end()
      return true
    }
    to.hook = times(2, fail)
    await pushThere(world)
    expectWhole()
    to.hook = fail
    await expect(pushThere(world, 'c:2')).rejects.toMatchObject({ kind: 'unavailable' })
  })

  rootTest.each([1, 100_000, 5 << 20])('continues an upload that is cut after %i bytes', async (cut) => {
    using world = await pulled()
    const seen: string[] = []
    to.hook = (request) => {
      if (request.method !== 'PATCH') return false
      seen.push(request.headers['content-range'] ?? 'whole')
      if (seen.length > 1) return false
      let size = 0
      request.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size >= cut) request.destroy()
      })
      return false
    }
    await pushThere(world)
    expectWhole()
    expect(seen[0]).toBe('whole')
    expect(seen[1]).toMatch(/^[1-9]\d*-\d+$/)
  })

  rootTest('an upload that the registry forgot begins anew', async () => {
    using world = await pulled()
    to.hook = times(1, ({ method }, response) => {
      if (method !== 'PATCH') return false
      response.writeHead(404, { connection: 'close' }).end()
      return true
    })
    await pushThere(world)
    expectWhole()
  })

  rootTest('where bodies may not be that large, it goes in pieces', async () => {
    using world = await pulled()
    to.hook = times(1, ({ method }, response) => {
      if (method !== 'PATCH') return false
      response.writeHead(413, { connection: 'close' }).end()
      return true
    })
    await pushThere(world)
    expectWhole()
  })

  rootTest('a token that expires in the middle is asked for again', async () => {
    using world = await pulled()
    let issued = 0
    to.hook = ({ method, url = '', headers }, response) => {
      if (url.startsWith('/token')) return response.end(JSON.stringify({ token: `t${++issued}` })) !== undefined
      const isExpired = method === 'PUT' && url.includes('/manifests/') && headers.authorization === 'Bearer t1'
      if (headers.authorization !== undefined && !isExpired) return false
      if (url === '/v2/') return false
      const challenge = `Bearer realm="http://${to.address}/token",service="r",scope="repository:b:pull"`
      response.writeHead(401, { 'www-authenticate': challenge }).end()
      return true
    }
    await pushThere(world)
    expectWhole()
    const [first] = to.requests.filter(({ path }) => path.startsWith('/token'))
    expect(decodeURIComponent(first?.path ?? '')).toContain('scope=repository:b:pull,push')
  })

  rootTest('credentials do not follow an upload to another host', async () => {
    using world = await pulled()
    const stranger = await startRegistry()
    await using _closed = stranger
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`
    stranger.hook = ({ method }, response) => {
      if (method !== 'PATCH' && method !== 'PUT') return false
      response.writeHead(method === 'PATCH' ? 202 : 201, { location: `http://${stranger.address}/upload` }).end()
      return true
    }
    to.hook = ({ method, headers }, response) => {
      if (headers.authorization !== basic) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (method !== 'POST') return false
      response.writeHead(202, { location: `http://${stranger.address}/upload` }).end()
      return true
    }
    const credentials = { username: 'me', password: 'secret' }
    const destination = `${to.address}/b:1`
    await push(world.engine, { image: `${from.address}/a:latest`, destination }, { retry, credentials })
    expect(stranger.requests.length).toBeGreaterThan(2)
    expect(stranger.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })

  rootTest('a registry that stores another digest is not believed', async () => {
    using world = await pulled()
    to.hook = ({ method, url = '' }, response) => {
      if (method !== 'PUT' || !url.includes('/manifests/')) return false
      response.writeHead(201, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }).end()
      return true
    }
    await expect(pushThere(world)).rejects.toMatchObject({ code: 'manifest-digest-mismatch' })
  })

  rootTest('a blob that is damaged here is said to be, and not there for anybody', async () => {
    using world = await pulled()
    const digest = digestOf(small) as Digest
    writeFileSync(paths.blob(world.engine.at, digest), Buffer.alloc(small.length))
    await expect(pushThere(world)).rejects.toMatchObject({ code: 'blob-damaged' })
    expect(to.blobs.has(digest)).toBe(false)
    expect(to.manifests.size).toBe(0)
  })

  rootTest('the second try sends only what is missing', async () => {
    using world = await pulled()
    to.hook = ({ method, url = '' }, response) => {
      if (method !== 'PUT' || !url.includes('/manifests/')) return false
      response.writeHead(400).end()
      return true
    }
    await expect(pushThere(world)).rejects.toMatchObject({ kind: 'invalid' })
    to.hook = undefined
    const before = to.requests.length
    await pushThere(world)
    expectWhole()
    expect(to.requests.slice(before).filter(({ method }) => method === 'PATCH')).toEqual([])
  })

  rootTest('a layer that was packed for a registry is not packed again where that is there', async () => {
    addImage(from, 'latest', [big])
    using world = await pulled()
    const { digest } = await pushThere(world)
    // Whoever reads the layer fails.
    rmSync(paths.blob(world.engine.at, digestOf(big)))
    const without = async (path: string) => {
      to.hook = ({ method, url = '' }, response) =>
        (url.includes('/manifests/') || url.startsWith('/v2/c/blobs/sha256')) &&
        method === 'HEAD' &&
        response.writeHead(404).end() !== undefined
      const before = to.requests.length
      expect((await pushThere(world, path)).digest).toBe(digest)
      return to.requests.slice(before).filter(({ method }) => method === 'PATCH' || method === 'POST')
    }
    expect(await without('b:2')).toEqual([])
    expect((await without('c:1')).map(({ path }) => path.replace(/.*&/, ''))).toContain('from=b')
    to.hook = undefined
    to.forget()
    await expect(pushThere(world, 'b:3')).rejects.toMatchObject({ code: 'blob-missing' })
    expect(readdirSync(paths.packings(world.engine.at))).toHaveLength(1)
    const options = { areAll: true, isForced: false, isMissingIgnored: false }
    await remove(world.engine, [], options)
    expect(readdirSync(paths.packings(world.engine.at))).toEqual([])
  })

  rootTest('where the image is there already, one request finds that out; another one is replaced', async () => {
    using world = await pulled()
    await pushThere(world)
    const count = async (push: () => Promise<unknown>) => {
      const before = to.requests.length
      await push()
      return to.requests.slice(before).map(({ method, path }) => `${method} ${path.replace(/.*\//, '')}`)
    }
    expect(await count(async () => pushThere(world))).toEqual(['HEAD 1'])
    to.addManifest('1', { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' })
    expect(await count(async () => pushThere(world))).toContain('PUT 1')
    expectWhole()
    // Whoever may write but not look pushes as if nothing were known.
    to.hook = ({ method, url = '' }, response) => {
      if (method !== 'HEAD' || !url.includes('/manifests/')) return false
      response.writeHead(403).end()
      return true
    }
    expect(await count(async () => pushThere(world))).toContain('PUT 1')
    to.hook = (_request, response) => response.writeHead(401).end() !== undefined
    await expect(pushThere(world)).rejects.toThrow(
      /^trying to reuse blob .* checking whether a blob .* exists in .*\/b: authentication required/,
    )
  })
})
