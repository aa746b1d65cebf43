// build --cache-from and --cache-to: what one machine has done another takes, from a registry or a folder; what cannot be used is done anew.

import { createHash } from 'node:crypto'
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { freePort, type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')

const dockerfile = [
  `FROM ${busybox}`,
  'ARG WORD=none',
  'RUN head -c 16 /dev/urandom >/random; echo "$WORD" >/word',
  'ENV PLACE=/srv',
  'COPY a /srv/a',
  'COPY --link a /linked',
  'RUN cat /random /srv/a >/both',
  'CMD ["sha256sum", "/both"]',
]
const steps = dockerfile.length - 1

describe('a cache that is shared', () => {
  let first: Box
  let registry: RealRegistry
  let repository: string
  let folder: string
  let id: string
  let sum: string

  beforeAll(async () => {
    first = openBox()
    registry = await startDockerRegistry()
    repository = `${registry.address}/team/cache`
    folder = join(first.folder, 'cache')
    writeFileSync(join(first.folder, 'Dockerfile'), dockerfile.join('\n'))
    writeFileSync(join(first.folder, 'a'), 'a\n')
    await first.ok(['load', '-q', '-i', busyboxArchive()])
    const to = ['--cache-to', repository, '--cache-to', `type=local,dest=${folder}`]
    const output = await built(first, to)
    id = lastLine(output)
    expect(output.match(/Pushing cache/g)).toHaveLength(steps)
    sum = await first.ok(['run', '--rm', '--network', 'none', id])
    await first.ok(['rmi', '-af'])
    await first.ok(['builder', 'prune', '-af'])
    await first.ok(['load', '-q', '-i', busyboxArchive()])
  }, 60_000)

  afterAll(async () => {
    await first[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
  })

  const built = async (box: Box, flags: readonly string[]) =>
    box.ok(['build', '--network', 'none', '--retry', '0', ...flags, first.folder])
  const elsewhere = async (driver: string[] = []) => {
    const box = openBox()
    await box.ok([...driver, 'load', '-q', '-i', busyboxArchive()])
    return box
  }

  test('another root takes every step from the registry, and has the same image', async () => {
    await using box = await elsewhere()
    const output = await built(box, ['--cache-from', `type=registry,ref=${repository}:any,mode=max`])
    expect(output.match(/Cache pulled from remote/g)).toHaveLength(steps)
    expect(output.match(/Using cache/g)).toHaveLength(steps)
    expect(lastLine(output)).toBe(id)
    expect(await box.ok(['run', '--rm', '--network', 'none', id])).toBe(sum)
    const again = await built(box, [])
    expect(again.match(/Using cache/g)).toHaveLength(steps)
    expect(again).not.toContain('pulled')
  })

  test('what is taken is what the files say; the rest is done, and pushed', async () => {
    await using box = await elsewhere()
    writeFileSync(join(first.folder, 'a'), 'other\n')
    const flags = ['--cache-from', repository, '--cache-to', repository]
    const output = await built(box, flags)
    writeFileSync(join(first.folder, 'a'), 'a\n')
    expect(output.match(/Cache pulled/g)).toHaveLength(3)
    expect(output.match(/Pushing cache/g)).toHaveLength(4)
    expect(lastLine(await built(box, flags))).toBe(id)
  })

  test('a folder does the same, without a union, too', async () => {
    await using box = await elsewhere(['--storage-driver', 'vfs'])
    const output = await built(box, ['--cache-from', `type=local,src=${folder}`])
    expect(output.match(/Cache pulled/g)).toHaveLength(steps)
    expect(lastLine(output)).toBe(id)
    expect(await box.ok(['run', '--rm', '--network', 'none', id])).toBe(sum)
  })

  test.each([
    ['a damaged layer', 'is damaged', (layout: Layout) => layout.damageLayer()],
    ['a layer that is another one', 'but its image says', (layout: Layout) => layout.swapLayer()],
    ['a document that says nothing', 'cannot be used', (layout: Layout) => layout.emptyDocument()],
  ])('%s is a warning, and the step is done anew', async (_, reason, spoil) => {
    await using box = await elsewhere()
    const copy = join(box.folder, 'copy')
    cpSync(folder, copy, { recursive: true })
    spoil(openLayout(copy))
    const { code, stdout, stderr } = await box.try([
      ...['build', '--network', 'none', '--cache-from', `type=local,src=${copy}`],
      first.folder,
    ])
    expect(code).toBe(0)
    expect(stderr).toContain(`--cache-from ${copy}: `)
    expect(stderr).toContain(reason)
    expect(stderr.match(/the step is done anew/g)).toHaveLength(1)
    expect(stdout.match(/Cache pulled/g)).toHaveLength(2)
  })

  test('a cache that is not there, or that the policy refuses, is a warning; one that cannot be written an error', async () => {
    await using box = await elsewhere()
    const nowhere = `localhost:${await freePort('127.0.0.1')}/team/cache`
    const policy = join(box.folder, 'policy.json')
    const types = { docker: { '': [{ type: 'reject' }] } }
    writeFileSync(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }], transports: types }))
    const build = ['build', '--network', 'none', '--retry', '0', '--signature-policy', policy]
    const sources = ['--cache-from', nowhere, '--cache-from', 'type=local,src=/nowhere', '--cache-from', repository]
    const read = await box.try([...build, ...sources, first.folder])
    expect(read.code).toBe(0)
    expect(read.stderr.match(/Warning.*not asked again/g)).toHaveLength(3)
    for (const place of [nowhere, '/nowhere', repository]) expect(read.stderr).toContain(`--cache-from ${place}: `)
    expect(read.stdout).not.toContain('pulled')
    const written = await box.try([...build, '--cache-to', nowhere, '-t', 'unmade', first.folder])
    expect(written.code).toBe(125)
    expect(written.stderr).toContain(`failed pushing cache to '${nowhere}': `)
    expect((await box.try(['image', 'exists', 'unmade'])).code).toBe(1)
    const optional = `type=registry,ref=${nowhere},ignore-error=true`
    const made = await box.try([...build, '--cache-to', optional, '-t', 'made', first.folder])
    expect(made.code).toBe(0)
    expect(made.stderr.match(/Warning.*--cache-to/g)).toHaveLength(1)
  })

  test('a miss costs one request, and nothing that lies on it is asked for', async () => {
    await using box = await elsewhere()
    await using empty = await startRegistry()
    writeFileSync(join(box.folder, 'Dockerfile'), `FROM ${busybox}\nRUN true\nRUN echo a >/a\nENV A=1\n`)
    await box.ok(['build', '--network', 'none', '--cache-from', `${empty.address}/x`, box.folder])
    expect(empty.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, 'KEY')}`)).toEqual([
      'GET /v2/x/manifests/KEY',
    ])
  })
})

function lastLine(output: string): string {
  return output.split('\n').at(-1) ?? ''
}

interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

interface Manifest {
  config: Descriptor
  layers: Descriptor[]
}

interface Layout {
  damageLayer(): void
  swapLayer(): void
  emptyDocument(): void
}

/** What is done to it is done to its first RUN. */
function openLayout(folder: string): Layout {
  const blob = (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
  const read = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T
  const put = (content: string) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
    writeFileSync(blob(digest), content)
    return { digest, size: content.length }
  }
  const index = read<{ manifests: Descriptor[] }>(join(folder, 'index.json'))
  const found = index.manifests
    .map((entry) => ({ entry, manifest: read<Manifest>(blob(entry.digest)) }))
    .filter(({ manifest }) => manifest.layers[0]?.digest !== manifest.config.digest)
    .map((one) => ({
      ...one,
      document: read<{ createdAt: string; summary?: string }>(blob(one.manifest.config.digest)),
    }))
    .sort((a, b) => (a.document.createdAt < b.document.createdAt ? -1 : 1))
  const [step] = found.filter(({ document }) => document.summary === undefined)
  const [other] = found.filter(({ document }) => document.summary !== undefined)
  if (step === undefined || other === undefined) throw new Error('no such step')
  const change = (manifest: Manifest) => {
    Object.assign(step.entry, put(JSON.stringify(manifest)))
    writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
  }
  const { manifest } = step
  return {
    damageLayer() {
      const path = blob(manifest.layers[0]?.digest ?? '')
      writeFileSync(path, Buffer.alloc(statSync(path).size, 'x'))
    },
    swapLayer: () => change({ ...manifest, layers: other.manifest.layers }),
    emptyDocument: () => change({ ...manifest, config: { ...manifest.config, ...put('{}') } }),
  }
}
