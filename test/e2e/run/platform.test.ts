// --platform, --arch, --os and --variant: which image of an index runs, as the container sees it.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { openBox } from '../../support/box.ts'
import { busyboxArchive } from '../../support/busybox-image.ts'
import { startRegistry, type TestRegistry } from '../../support/registry.ts'
import { requires } from '../../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const own = process.arch === 'arm64' ? 'arm64' : 'amd64'
const platforms = ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v6', 'linux/arm/v7']
let folder: string
let registry: TestRegistry
let image: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-platform-'))
  registry = await startRegistry()
  image = `${registry.address}/many:1`
  addIndex()
})

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

/** Of each platform the same busybox, which runs here, and a file that says whose image it is. */
function addIndex(): void {
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  const manifests = platforms.map((platform) => {
    const [os, architecture, variant] = platform.split('/')
    return { ...addManifest(platform), platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } }
  })
  registry.addManifest('1', { schemaVersion: 2, mediaType, manifests })
}

function addManifest(platform: string) {
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const [os, architecture, variant] = platform.split('/')
  const layers = [busyboxLayer(), markLayer(platform)]
  const rootfs = { type: 'layers', diff_ids: layers.map(digestOf) }
  const config = Buffer.from(JSON.stringify({ os, architecture, variant, rootfs, config: { Env: ['PATH=/bin'] } }))
  const document = {
    schemaVersion: 2,
    mediaType,
    config: blob('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => blob('application/vnd.oci.image.layer.v1.tar', layer)),
  }
  const digest = registry.addManifest(platform, document)
  return { mediaType, digest, size: JSON.stringify(document).length }
}

function blob(mediaType: string, content: Buffer) {
  return { mediaType, digest: registry.addBlob(content), size: content.length }
}

function busyboxLayer(): Buffer {
  execFileSync('tar', ['-C', folder, '-xf', busyboxArchive(), 'layer.tar'])
  return readFileSync(join(folder, 'layer.tar'))
}

function markLayer(platform: string): Buffer {
  writeFileSync(join(folder, 'platform'), platform)
  return execFileSync('tar', ['-C', folder, '-c', 'platform'])
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

test.each([
  [[], own === 'arm64' ? 'linux/arm64/v8' : 'linux/amd64'],
  [['--arch', 'arm64'], 'linux/arm64/v8'],
  [['--os', 'linux', '--arch', 'arm', '--variant', 'v6'], 'linux/arm/v6'],
  [['--arch', 'arm', '--variant', 'v7'], 'linux/arm/v7'],
  [['--platform', 'linux/arm/v6'], 'linux/arm/v6'],
])('run %j', async (flags, wanted) => {
  await using box = openBox()
  const { code, stdout, stderr } = await box.try(['run', '--rm', '-q', ...flags, image, 'cat', '/platform'])
  expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: wanted })
  const shown = await box.ok(['image', 'inspect', '-f', '{{.Os}}/{{.Architecture}}', image])
  expect(shown).toBe(wanted.split('/').slice(0, 2).join('/'))
})

test('what the index does not hold is named, and nothing is kept', async () => {
  await using box = openBox()
  const { code, stderr } = await box.try(['run', '--rm', '--arch', 's390x', image, 'true'])
  expect(code).toBe(125)
  expect(stderr).toMatch(/architecture "s390x".*\nIt has: linux\/amd64, linux\/arm64\/v8/)
  expect(await box.ok(['images', '-q'])).toBe('')
  expect(
    (await box.try(['run', '--rm', '--platform', 'linux/arm64', '--arch', 'arm64', image, 'true'])).stderr,
  ).toMatch(/--platform/)
})
