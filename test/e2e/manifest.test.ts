// Manifest lists: judged by skopeo, podman and buildah, which read what was pushed.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { layeredImage } from '../support/layered-image.ts'
import { addImage, type Hook, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { end, member } from '../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')
const quick = { isChecked: false }
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})
afterAll(async () => registry[Symbol.asyncDispose]())

const output = (program: string, args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const skopeo = (...args: string[]) => output('skopeo', args)
const rawAt = (name: string) => skopeo('inspect', '--raw', '--tls-verify=false', `docker://${name}`)
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** Of another architecture; a docker-archive in the box. */
const foreignArchive = (box: Box, architecture: string) => layeredImage(box.folder, [], { architecture })

async function openLoadedBox(): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

const entriesOf = async (box: Box, list: string): Promise<ListDocument['manifests']> =>
  JSON.parse(await box.ok(['manifest', 'inspect', list])).manifests

describe('manifest', () => {
  requires(
    'root',
    'overlay',
    'docker-registry',
    'skopeo',
    'podman',
  )('a list of images of the store, a registry and an archive is pushed; other tools read the same', async () => {
    await using box = await openLoadedBox()
    const [remote, list] = [`${registry.address}/arm:1`, `${registry.address}/list:1`]
    const archive = join(box.folder, 's390x.oci')
    const from = (architecture: string) => `docker-archive:${foreignArchive(box, architecture)}`
    skopeo('copy', '-q', '--dest-tls-verify=false', from('arm64'), `docker://${remote}`)
    skopeo('copy', '-q', from('s390x'), `oci-archive:${archive}`)

    const id = await box.ok(['manifest', 'create', '--annotation', 'whole=yes', list, busyboxName])
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const notes = ['--variant', 'v8', '--annotation', 'one=two,three', '--os-version', '7']
    expect(await box.ok(['manifest', 'add', ...notes, list, remote])).toBe(id)
    await box.ok(['manifest', 'add', list, `oci-archive:${archive}`])
    const digestFile = join(box.folder, 'digest')
    const { stdout, stderr } = await box.try(['manifest', 'push', '--digestfile', digestFile, list])
    expect(stdout).toBe('')
    expect(stderr).toContain('Copying 3 images generated from 3 images in list\n')

    const raw = rawAt(list)
    expect(readFileSync(digestFile, 'utf8')).toBe(sha256(raw))
    const document = JSON.parse(raw)
    expect(document.annotations).toEqual({ whole: 'yes' })
    expect(
      document.manifests.map((entry: { digest: string }) => sha256(rawAt(digestName(list, entry.digest)))),
    ).toEqual(document.manifests.map((entry: { digest: string }) => entry.digest))
    expect(document.manifests[1]).toMatchObject({
      digest: sha256(rawAt(remote)),
      platform: { architecture: 'arm64', os: 'linux', variant: 'v8', 'os.version': '7' },
      annotations: { one: 'two,three' },
    })
    expect(document.manifests[2].platform).toEqual({ architecture: 's390x', os: 'linux' })

    // The store's image has a plain layer, which goes out gzipped.
    expect((await entriesOf(box, list)).slice(1)).toEqual(document.manifests.slice(1))
    await box.ok(['manifest', 'rm', list])
    expect(JSON.parse(await box.ok(['manifest', 'inspect', list]))).toEqual(document)
    expect(inspectedBy('podman', box, list)).toEqual(platformsAndDigests(document))
    expect(inspectedBy('buildah', box, list)).toEqual(platformsAndDigests(document))
  })

  rootTest('a list is an image among images, and stands for the one for the machine', async () => {
    await using box = await openLoadedBox()
    const image = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
    const foreign = `docker-archive:${foreignArchive(box, 'arm64')}`
    const id = await box.ok(['manifest', 'create', 'list:1', foreign, busyboxName])
    await box.ok(['tag', 'list:1', 'also:2'])
    expect(await box.ok(['images', '--no-trunc', '-q', '--filter', 'manifest=true'])).toBe(`sha256:${id}`)
    expect(await box.ok(['inspect', '--format', '{{.Id}}', 'also:2'])).toBe(image)
    expect(await box.ok(['run', '--rm', '--network', 'none', 'list:1', 'echo', 'ran'])).toBe('ran')
    expect(await box.ok(['system', 'df', '--format', '{{.Type}} {{.Total}}'], quick)).toContain('Images 2')
    expect(await box.ok(['rmi', 'also:2'])).toBe('Untagged: localhost/also:2')
    expect(await box.ok(['manifest', 'exists', id.slice(0, 12)], quick)).toBe('')
    expect(await box.ok(['untag', 'list:1'])).toBe('')
    expect(await box.ok(['image', 'prune', '-f'])).toBe(id)
    expect(await box.ok(['images', '-q', '--no-trunc'], quick)).toBe(`sha256:${image}`)

    await box.ok(['manifest', 'create', 'list:1', foreign, busyboxName])
    expect(await box.ok(['rmi', 'list:1'])).toMatch(/^Untagged: localhost\/list:1\nDeleted: [0-9a-f]{64}$/)
    expect(await box.ok(['inspect', '--format', '{{.Id}}', busyboxName])).toBe(image)

    await box.ok(['manifest', 'create', 'list:1', foreign, busyboxName])
    await box.ok(['rmi', busyboxName])
    expect((await box.try(['image', 'exists', 'list:1'], quick)).code).toBe(1)
    expect(await box.try(['image', 'inspect', 'list:1'], quick)).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('no image of this manifest list for the platform'),
    })
    expect(await box.ok(['rmi', '--all'])).toMatch(/^Untagged: localhost\/list:1\nDeleted: [0-9a-f]{64}$/)
  })

  rootTest('of two changes at once neither is lost', async () => {
    await using box = await openLoadedBox()
    await box.ok(['manifest', 'create', 'list:1'])
    const places = ['arm64', 's390x', 'riscv64'].map((architecture) => foreignArchive(box, architecture))
    await Promise.all(places.map(async (place) => box.ok(['manifest', 'add', 'list:1', `docker-archive:${place}`])))
    const entries = await entriesOf(box, 'list:1')
    const digestFor = (architecture: string) =>
      entries.find(({ platform }) => platform.architecture === architecture)?.digest ?? architecture
    expect(entries.map(({ platform }) => platform.architecture).sort()).toEqual(['arm64', 'riscv64', 's390x'])
    await box.ok(['manifest', 'remove', 'list:1', digestFor('s390x')])
    const platform = ['--arch', 'arm', '--variant', 'v7', '--features', 'a,b']
    await box.ok(['manifest', 'annotate', ...platform, 'list:1', digestFor('riscv64')], quick)
    await box.ok(['manifest', 'annotate', '--os-features', 'c', 'list:1', `docker-archive:${places[0]}`], quick)
    await box.ok(['manifest', 'annotate', '--index', '--annotation', 'a=b', '--subject', busyboxName, 'list:1'], quick)
    const changed = JSON.parse(await box.ok(['manifest', 'inspect', 'list:1']))
    expect(changed).toMatchObject({ annotations: { a: 'b' }, subject: { size: 422 } })
    const told = (digest: string) => changed.manifests.find((entry: { digest: string }) => entry.digest === digest)
    expect(changed.manifests).toHaveLength(2)
    expect(told(digestFor('riscv64')).platform).toEqual({
      ...{ architecture: 'arm', os: 'linux', variant: 'v7', features: ['a', 'b'] },
    })
    expect(told(digestFor('arm64')).platform).toMatchObject({ architecture: 'arm64', 'os.features': ['c'] })
  })

  rootTest('what cannot be done is refused in one line, and nothing is made', async () => {
    await using box = await openLoadedBox()
    const id = await box.ok(['manifest', 'create', 'list:1', busyboxName])
    const digest = `sha256:${'0'.repeat(64)}`
    const cases: [args: string[], code: number, reason: string][] = [
      [['create', 'list:1'], 125, `image name "localhost/list:1" is already associated with image "${id}"`],
      [['create', '--amend', busyboxName], 125, 'already associated with image'],
      [['create', 'new:1', `${registry.address}/nosuch:1`], 125, 'manifest unknown'],
      [['create', '--annotation', 'x', 'new:1'], 125, 'expected --annotation "x" to be in key=value format'],
      [['add', 'nosuch', busyboxName], 125, 'nosuch: image not known'],
      [['add', busyboxName, busyboxName], 125, `${busyboxName}: image is not a manifest list`],
      [['add', '--annotation', 'x', 'list:1', busyboxName], 125, 'no value given for annotation "x"'],
      [['annotate', 'list:1'], 125, 'expected an instance digest, image name, or artifact name'],
      [['annotate', '--index', '--arch', 'arm', 'list:1'], 125, 'setting architecture on an item in a manifest list'],
      [['annotate', '--arch', 'arm', 'list:1', digest], 125, `no instance matching digest "${digest}"`],
      [['remove', 'list:1', 'x'], 125, 'removing from manifest list list:1: invalid image digest "x"'],
      [['rm', 'nosuch'], 1, 'nosuch: image not known'],
      [['rm', busyboxName], 125, `${busyboxName}: image is not a manifest list`],
      [['exists', busyboxName], 125, 'image is not a manifest list'],
      [['exists', 'nosuch'], 1, ''],
      [['push', '--sign-by', 'me', 'list:1', 'dir:/nowhere/x'], 125, 'Cannot determine canonical Docker reference'],
      [
        ['push', 'list:1', `docker-archive:${join(box.folder, 'out')}`],
        125,
        'there are no manifest lists in docker archives',
      ],
    ]
    for (const [args, code, reason] of cases) {
      const result = await box.try(['manifest', ...args], quick)
      expect(result).toMatchObject({ code, stderr: expect.stringContaining(reason) })
    }
    expect(await box.ok(['images', '-q', '--filter', 'manifest=true'])).toBe(id.slice(0, 12))
    expect(await entriesOf(box, 'list:1')).toHaveLength(1)
    await box.ok(['manifest', 'rm', '--ignore', 'nosuch', 'list:1'])
  })

  rootTest('push --add-compression: each image once more, packed otherwise, and marked', async () => {
    await using box = await openLoadedBox()
    const name = `${registry.address}/variants:1`
    await box.ok(['manifest', 'create', 'list:1', busyboxName, `docker-archive:${foreignArchive(box, 'arm64')}`])
    const packing = ['--compression-format', 'gzip', '--add-compression', 'zstd,gzip']
    const { stderr } = await box.try(['manifest', 'push', ...packing, 'list:1', name])
    expect(stderr).toContain('Copying 4 images generated from 2 images in list')
    const entries: ListDocument['manifests'] = JSON.parse(rawAt(name)).manifests
    const zstd = { annotations: { 'io.github.containers.compression.zstd': 'true' } }
    expect(entries.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64', 'amd64', 'arm64'])
    expect(entries.slice(2)).toEqual([expect.objectContaining(zstd), expect.objectContaining(zstd)])
    expect(entries.slice(0, 2)).not.toContainEqual(expect.objectContaining(zstd))
    for (const [at, { digest }] of entries.entries()) {
      const { layers } = JSON.parse(rawAt(digestName(name, digest)))
      expect(layers[0].mediaType).toMatch(at < 2 ? /gzip$/ : /zstd$/)
    }
    expect((await box.try(['manifest', 'push', '--add-compression', 'lz', 'list:1', name], quick)).stderr).toContain(
      'cannot find compressor for "lz"',
    )
  })

  rootTest('add --artifact: files that the list keeps, and that go to the registry as they are', async () => {
    await using box = openBox()
    const name = `${registry.address}/artifact:1`
    const [bill, config] = [join(box.folder, 'bill.json'), join(box.folder, 'config')]
    writeFileSync(bill, '{"packages":[]}\n')
    writeFileSync(config, '{"of":"ours"}')
    await box.ok(['manifest', 'create', name])
    const kind = ['--artifact-type', 'text/x-bill', '--artifact-config', config, '--artifact-config-type', 'x/config']
    await box.ok(['manifest', 'add', '--artifact', ...kind, '--arch', 'arm64', name, bill])
    await box.ok(['manifest', 'annotate', '--annotation', 'is=told', name, 'bill.json'])
    rmSync(bill)
    await box.ok(['image', 'prune', '-f'])
    const [entry] = JSON.parse(await box.ok(['manifest', 'inspect', name])).manifests
    expect(entry).toMatchObject({ artifactType: 'text/x-bill', annotations: { is: 'told' }, files: [config, bill] })
    await box.ok(['manifest', 'push', '-q', name])
    const artifact = JSON.parse(rawAt(digestName(name, entry.digest)))
    expect(artifact).toMatchObject({
      artifactType: 'text/x-bill',
      config: { mediaType: 'x/config', digest: sha256('{"of":"ours"}') },
      layers: [
        {
          mediaType: 'application/json',
          digest: sha256('{"packages":[]}\n'),
          annotations: { 'org.opencontainers.image.title': 'bill.json' },
        },
      ],
    })
    expect(JSON.parse(rawAt(name)).manifests).toEqual([expect.objectContaining({ digest: entry.digest })])
    const copied = join(box.folder, 'copied')
    await box.ok(['copy', '-q', '--all', `docker://${name}`, `dir:${copied}`])
    expect(readFileSync(join(copied, sha256('{"packages":[]}\n').slice(7)), 'utf8')).toBe('{"packages":[]}\n')
    await box.ok(['manifest', 'rm', name])
    expect(readdirSync(join(box.root, 'blobs/sha256'))).toEqual([])
    const refused = await box.try(['manifest', 'add', '--artifact-type', 'x', name, 'x'], quick)
    expect(refused).toMatchObject({ code: 125, stderr: 'Error: --artifact-type requires --artifact\n' })
  })

  rootTest(
    'push --creds: they are for the destination’s registry, and no other that entries lie in sees them',
    async () => {
      await using box = openBox()
      await using own = await startRegistry()
      await using other = await startRegistry()
      addImage(own, 'one', [end])
      addImage(other, 'two', [Buffer.concat([member({ name: 'x' }, 'x'), end])])
      own.hook = challenge
      const [list, creds] = [`${own.address}/a:list`, ['--creds', 'me:secret']]
      await box.ok(['manifest', 'create', list])
      await box.ok(['manifest', 'add', ...creds, list, `${own.address}/a:one`], quick)
      await box.ok(['manifest', 'push', '-q', ...creds, list], quick)
      expect(own.manifests.has('list')).toBe(true)
      await box.ok(['manifest', 'add', list, `${other.address}/a:two`], quick)
      other.hook = challenge
      expect((await box.try(['manifest', 'push', '-q', ...creds, list])).code).toBe(125)
      expect(other.requests.flatMap(({ authorization }) => authorization ?? [])).toEqual([])
    },
  )

  rootTest('push: the list alone, the list gone afterwards, and every image of a list that is copied', async () => {
    await using box = await openLoadedBox()
    const [all, some] = [`${registry.address}/all:1`, `${registry.address}/all:2`]
    await box.ok(['manifest', 'create', 'list:1', `docker-archive:${foreignArchive(box, 'arm64')}`, busyboxName])
    await box.ok(['push', '-q', '--format', 'v2s2', busyboxName, all])
    await box.ok(['manifest', 'push', '-q', '--format', 'v2s2', 'list:1', all])
    const document = JSON.parse(rawAt(all))
    expect(document.mediaType).toBe('application/vnd.docker.distribution.manifest.list.v2+json')
    await box.ok(['manifest', 'create', '--all', 'other:1', `docker://${all}`])
    expect((await entriesOf(box, 'other:1')).map(({ digest }) => digest)).toEqual(
      document.manifests.map(({ digest }: { digest: string }) => digest),
    )
    await box.ok(['manifest', 'push', '-q', '--all=false', '--rm', 'other:1', some])
    expect(JSON.parse(rawAt(some)).manifests).toHaveLength(2)
    expect((await box.try(['manifest', 'exists', 'other:1'])).code).toBe(1)
    const [whole, alone] = ['whole', 'alone'].map((name) => join(box.folder, name))
    await box.ok(['copy', '-q', '--all', 'list:1', `oci:${whole}:x`])
    expect(JSON.parse(skopeo('inspect', '--raw', `oci:${whole}:x`)).manifests).toHaveLength(2)
    await box.ok(['copy', '-q', '--multi-arch', 'index-only', `docker://${all}`, `dir:${alone}`])
    expect(readFileSync(join(alone ?? '', 'manifest.json'), 'utf8')).toBe(rawAt(all))
    expect(readdirSync(alone ?? '').sort()).toEqual(['manifest.json', 'version'])
  })
})

const challenge: Hook = ({ headers }, response) => {
  if (headers.authorization !== undefined) return false
  response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end()
  return true
}

const digestName = (name: string, digest: string) => `${name.slice(0, name.lastIndexOf(':'))}@${digest}`

interface Platform {
  readonly architecture: string
}

interface ListDocument {
  readonly manifests: readonly { readonly digest: string; readonly size: number; readonly platform: Platform }[]
}

const platformsAndDigests = ({ manifests }: ListDocument) =>
  manifests.map(({ digest, size, platform }) => ({ digest, size, platform }))

function inspectedBy(program: string, box: Box, name: string) {
  const conf = join(box.folder, 'registries.conf')
  writeFileSync(conf, `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`)
  const storage = ['--root', join(box.folder, program), '--runroot', join(box.folder, `${program}.run`)]
  const args = [...storage, '--storage-driver', 'vfs', '--registries-conf', conf, 'manifest', 'inspect', name]
  return platformsAndDigests(JSON.parse(output(program, args)))
}
