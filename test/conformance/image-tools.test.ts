// What strangers' tools say of our images: umoci and the OCI image tool of our layouts and our store; podman and buildah, to and fro.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage, layeredName } from '../support/layered-image.ts'
import { requires } from '../support/requires.ts'

const layoutTest = requires('root', 'runc', 'overlay', 'umoci', 'oci-image-tool')
const storeTest = requires('root', 'runc', 'overlay', 'docker-registry', 'podman', 'buildah', 'skopeo')
const quick = { isChecked: false }
const built = 'localhost/built:1'
let box: Box
let outside: string
let made = 0

/** Two layers above busybox: the second removes, replaces and links. */
beforeAll(async () => {
  box = openBox()
  outside = join(tmpdir(), `gantry-tools-${process.pid}`)
  mkdirSync(outside)
  await box.ok(['load', '-q', '-i', busyboxArchive()], quick)
  const context = mkdtempSync(join(box.folder, 'context-'))
  const steps = [
    `FROM ${busyboxName}`,
    'RUN mkdir -p /folder/deep /gone && echo 1 >/folder/deep/file && echo 2 >/keep && ln -s /keep /link && chown 7:8 /keep && chmod 4750 /keep',
    'RUN rm -r /folder /gone && mkdir /folder && echo 3 >/folder/other && ln /keep /hard && rm /link',
    'LABEL one=two\nENV X=y\nUSER 7:8\nENTRYPOINT ["sh"]\nEXPOSE 80/tcp\nVOLUME /data',
  ]
  writeFileSync(join(context, 'Containerfile'), steps.join('\n'))
  await box.ok(['build', '-q', '-t', built, context], quick)
})
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  rmSync(outside, { recursive: true })
})

const saveFormats = [
  ['docker-archive', 'docker-archive'],
  ['oci-archive', 'oci-archive'],
  ['oci-dir', 'oci'],
  ['docker-dir', 'dir'],
] as const

const output = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
/** podman and buildah make a name of a path, which must be of lower case. */
const fresh = (name: string) => join(outside, `${(made += 1)}-${name}`)
const sumOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

interface Described {
  readonly mediaType: string
  readonly digest: string
  readonly annotations?: { readonly 'org.opencontainers.image.ref.name'?: string }
}
interface Document {
  readonly manifests?: readonly Described[]
  readonly config?: Described
}

const pathIn = (layout: string, { digest }: Described) => join(layout, 'blobs', digest.replace(':', '/'))
const readAt = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Document
const validate = (type: string, path: string) =>
  expect(output('oci-image-tool', 'validate', '--type', type, path)).toMatch(/: OK\nValidation succeeded\n$/)

/** Each document by its own type, and the layout as a whole. */
function validateLayout(layout: string): void {
  validate('image', layout)
  validate('imageIndex', join(layout, 'index.json'))
  const left = [...(readAt(join(layout, 'index.json')).manifests ?? [])]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const path = pathIn(layout, next)
    const { manifests, config } = readAt(path)
    validate(manifests === undefined ? 'manifest' : 'imageIndex', path)
    if (config !== undefined) validate('config', pathIn(layout, config))
    left.push(...(manifests ?? []))
  }
}

/** Kinds, modes, owners and links of all that is in a tree; contents are compared apart. What overlay counts as links of folders means nothing. */
const listed = (folder: string) =>
  output('find', folder, '-type', 'd', '-printf', '%P d %m %U:%G\n', '-o', '-printf', '%P %y %m %U:%G %n %l\n')
    .split('\n')
    .sort()

/** What umoci unpacks is what we mount. */
async function unpacksAsOurs(layout: string, reference: string, name: string): Promise<void> {
  const bundle = fresh('bundle')
  output('umoci', 'unpack', '--image', `${layout}:${reference}`, bundle)
  const own = await box.ok(['image', 'mount', name], quick)
  try {
    expect(listed(join(bundle, 'rootfs'))).toEqual(listed(own))
    output('diff', '-r', '--no-dereference', join(bundle, 'rootfs'), own)
  } finally {
    await box.ok(['image', 'unmount', name], quick)
  }
}

describe('umoci and the OCI image tool', () => {
  const digestOf = async (name: string) => box.ok(['image', 'inspect', '--format', '{{.Digest}}', name], quick)
  const tags = (layout: string) => output('umoci', 'ls', '--layout', layout).trim().split('\n')

  layoutTest('find nothing amiss with what is saved and copied, and unpack it as it was', async () => {
    const saved = fresh('saved')
    await box.ok(['save', '-q', '--format', 'oci-dir', '-o', saved, built])
    const archive = fresh('archive.tar')
    await box.ok(['save', '-q', '--format', 'oci-archive', '-o', archive, built])
    // The OCI image tool reads no tar, not even skopeo's.
    const unpacked = fresh('unpacked')
    mkdirSync(unpacked)
    output('tar', '-C', unpacked, '-xf', archive)
    expect(output('tar', '-tf', archive).split('\n')).toEqual(expect.arrayContaining(['blobs/', 'blobs/sha256/']))
    const copied = fresh('copied')
    await box.ok(['copy', '-q', '--dest-oci-accept-uncompressed-layers', built, `oci:${copied}:${built}`])
    for (const layout of [saved, unpacked, copied]) {
      validateLayout(layout)
      expect(tags(layout)).toEqual([built])
      const entry = readAt(join(layout, 'index.json')).manifests?.[0]
      expect(entry?.digest).toBe(await digestOf(built))
      const { history } = JSON.parse(output('umoci', 'stat', '--json', '--image', `${layout}:${built}`))
      expect(history.filter(({ empty_layer: isEmpty }: { empty_layer: boolean }) => !isEmpty)).toHaveLength(3)
    }
    await unpacksAsOurs(saved, built, built)
  })

  layoutTest("nor with gzipped layers, Docker's image made OCI's, and two in one layout", async () => {
    const layout = fresh('gzipped')
    await box.ok(['copy', '-q', built, `oci:${layout}:${built}`])
    await box.ok(['copy', '-q', '--format', 'oci', busyboxName, `oci:${layout}:${busyboxName}`])
    validateLayout(layout)
    expect(tags(layout).sort()).toEqual([built, busyboxName].sort())
    await unpacksAsOurs(layout, built, built)
    await unpacksAsOurs(layout, busyboxName, busyboxName)
    // umoci goes on where we ended: its own layout stays one, and its image comes back.
    output('umoci', 'config', '--image', `${layout}:${built}`, '--tag', 'theirs', '--config.label', 'by=umoci')
    validateLayout(layout)
    const id = await box.ok(['pull', '-q', `oci:${layout}:theirs`])
    expect(await box.ok(['image', 'inspect', '--format', '{{.Labels.by}} {{.Labels.one}}', id])).toBe('umoci two')
    await box.ok(['rmi', id])
  })

  layoutTest('nor with a list of images for two platforms', async () => {
    await box.ok(['load', '-q', '-i', layeredImage(box.folder, [], { architecture: 'riscv64' })], quick)
    await box.ok(['manifest', 'create', 'localhost/both', built, layeredName])
    const layout = fresh('both')
    await box.ok(['manifest', 'push', '-q', '--all', '--format', 'oci', 'localhost/both', `oci:${layout}:both`])
    validateLayout(layout)
    const [list] = readAt(join(layout, 'index.json')).manifests ?? []
    expect(readAt(pathIn(layout, list as Described)).manifests).toHaveLength(2)
    expect(tags(layout)).toEqual(['both'])
    await box.ok(['rmi', '--force', 'localhost/both', layeredName])
  })

  layoutTest(
    'zstd is younger than both: umoci tells the layers, but can unpack none, and the image tool knows only the documents',
    async () => {
      const layout = fresh('zstd')
      await box.ok(['push', '-q', '--compression-format', 'zstd', built, `oci:${layout}:z`])
      validate('imageIndex', join(layout, 'index.json'))
      const [entry] = readAt(join(layout, 'index.json')).manifests ?? []
      const { config } = readAt(pathIn(layout, entry as Described))
      validate('config', pathIn(layout, config as Described))
      const { history } = JSON.parse(output('umoci', 'stat', '--json', '--image', `${layout}:z`))
      const layers = history.flatMap(({ layer }: { layer: Described | null }) => layer ?? [])
      expect(layers.map(({ mediaType }: Described) => mediaType)).toEqual(
        Array.from({ length: 3 }, () => 'application/vnd.oci.image.layer.v1.tar+zstd'),
      )
      for (const layer of layers) expect(sumOf(readFileSync(pathIn(layout, layer)))).toBe(layer.digest)
    },
  )

  layoutTest('our store is a layout of its own', async () => {
    await using own = openBox()
    const saved = fresh('stored')
    await box.ok(['save', '-q', '--format', 'oci-dir', '-o', saved, built])
    await own.ok(['load', '-q', '-i', saved])
    expect(tags(own.root)).toEqual([built])
    await unpacksAsOurs(own.root, built, built)
    // The image tool opens all that lies in a layout's folder, also devices that stand for removed files in unpacked layers.
    const aside = fresh('store')
    for (const name of ['oci-layout', 'index.json', 'blobs'])
      cpSync(join(own.root, name), join(aside, name), { recursive: true })
    validateLayout(aside)
  })
})

describe('podman and buildah', () => {
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startDockerRegistry()
  })
  afterAll(async () => {
    await registry[Symbol.asyncDispose]()
    // They mount their overlay folders on themselves.
    for (const name of ['podman', 'buildah']) output('sh', '-c', `umount -l ${theirRoot(name)}/overlay 2>&- || true`)
  })

  const theirRoot = (program: string) => join(box.folder, `${program}-root`)
  const theirs = (program: string, ...args: string[]) =>
    output(program, '--root', theirRoot(program), '--runroot', join(box.folder, `${program}-run`), ...args).trim()
  const insecure = (place: string) => (place.startsWith('docker://') ? ['--tls-verify=false'] : [])
  const placesFor = (repository: string) => [
    `docker://${registry.address}/${repository}:1`,
    `oci:${fresh('oci')}:x`,
    `oci-archive:${fresh('oci-archive')}:x`,
    `docker-archive:${fresh('docker-archive')}:${built}`,
    `dir:${fresh('dir')}`,
  ]
  const judged = (place: string) => {
    const raw = output('skopeo', 'inspect', '--raw', ...insecure(place), place)
    const { config } = JSON.parse(raw) as Document
    return { id: config?.digest.replace('sha256:', ''), digest: sumOf(Buffer.from(raw)) }
  }

  storeTest('read what we write, wherever it lies: the same image by the same digest', async () => {
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', built], quick)
    for (const place of placesFor('ours')) {
      await box.ok(['copy', '-q', built, place], quick)
      const { digest } = judged(place)
      expect([place, theirs('podman', 'pull', '-q', ...insecure(place), place)]).toEqual([place, id])
      expect([place, theirs('buildah', 'pull', '-q', ...insecure(place), place)]).toEqual([place, id])
      expect([place, theirs('podman', 'image', 'inspect', '--format', '{{.Digest}}', id)]).toEqual([place, digest])
      const inspected = theirs('buildah', 'inspect', '--type', 'image', '--format', '{{.FromImageDigest}}', id)
      expect([place, inspected]).toEqual([place, digest])
      theirs('podman', 'rmi', '-f', id)
      theirs('buildah', 'rmi', '-f', id)
    }
  })

  storeTest('write what we read, to every place: the same image by the same digest', async () => {
    await using own = openBox()
    const source = `docker-archive:${fresh('source')}:${built}`
    await box.ok(['copy', '-q', built, source], quick)
    const written = placesFor('buildah')
    theirs('buildah', 'pull', '-q', source)
    for (const place of written) theirs('buildah', 'push', '-q', ...insecure(place), built, place)
    theirs('podman', 'pull', '-q', source)
    const pushed = `docker://${registry.address}/podman:1`
    theirs('podman', 'push', '-q', ...insecure(pushed), built, pushed)
    written.push(pushed)
    for (const [format, transport] of saveFormats) {
      const path = fresh(format)
      theirs('podman', 'save', '-q', '--format', format, '-o', path, built)
      written.push(`${transport}:${path}`)
    }
    for (const place of written) {
      const { id, digest } = judged(place)
      expect([place, await own.ok(['pull', '-q', ...insecure(place), place], quick)]).toEqual([place, id])
      // A docker-archive has no manifest: each reader makes its own.
      if (!place.startsWith('docker-archive:'))
        expect(await own.ok(['image', 'inspect', '--format', '{{.Digest}}', id as string], quick)).toBe(digest)
      await own.ok(['rmi', '-f', id as string], quick)
    }
    expect(await own.findings()).toEqual([])
  })
})
