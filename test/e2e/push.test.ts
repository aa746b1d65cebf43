// push, judged by skopeo and a real registry.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})
afterAll(async () => registry[Symbol.asyncDispose]())

const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const rawManifest = (name: string) => JSON.parse(skopeo('inspect', '--raw', '--tls-verify=false', `docker://${name}`))

describe('push', () => {
  rootTest('gives the registry what was pulled, byte for byte, and says its digest', async () => {
    await using box = openBox()
    const [first, second] = [`${registry.address}/first:1`, `${registry.address}/second/place:2`]
    skopeo('copy', '-q', '--dest-tls-verify=false', `docker-archive:${busyboxArchive()}`, `docker://${first}`)
    const digest = skopeo('inspect', '--format', '{{.Digest}}', '--tls-verify=false', `docker://${first}`).trim()
    await box.ok(['pull', '-q', first])
    const { stdout, stderr } = await box.try(['push', '--digestfile', join(box.folder, 'digest'), first, second])
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /^Getting image source signatures\nCopying blob sha256:.*\nCopying config sha256:.*\nWriting manifest/,
    )
    expect(readFileSync(join(box.folder, 'digest'), 'utf8')).toBe(digest)
    expect(skopeo('inspect', '--format', '{{.Digest}}', '--tls-verify=false', `docker://${second}`).trim()).toBe(digest)
    expect(await box.ok(['events', '--stream=false', '--filter', 'event=push'])).toContain(second)
  })

  rootTest('a layer that was plain goes out gzipped, and the image keeps its id', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const name = `${registry.address}/plain:1`
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
    await box.ok(['push', '-q', busyboxName, `docker://${name}`])
    expect(rawManifest(name).layers[0].mediaType).toBe('application/vnd.docker.image.rootfs.diff.tar.gzip')
    await box.ok(['rmi', '-f', busyboxName])
    expect(await box.ok(['pull', '-q', name])).toBe(id)
  })

  rootTest.each([
    ['--compression-format zstd', 'application/vnd.oci.image.layer.v1.tar+zstd'],
    ['--format oci', 'application/vnd.oci.image.layer.v1.tar+gzip'],
    ['--format v2s2 --compression-level 9', 'application/vnd.docker.image.rootfs.diff.tar.gzip'],
  ])('%s', async (flags, layerType) => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const id = await box.ok(['image', 'inspect', '--format', '{{.Id}}', busyboxName])
    const name = `${registry.address}/packed:${layerType.at(-1)}`
    await box.ok(['push', '-q', ...flags.split(' '), busyboxName, name])
    const manifest = rawManifest(name)
    expect(manifest.layers[0].mediaType).toBe(layerType)
    expect(manifest.config.digest).toBe(`sha256:${id}`)
    await box.ok(['rmi', '-f', busyboxName])
    expect(await box.ok(['pull', '-q', name])).toBe(id)
  })

  rootTest('compression_format of containers.conf, for layers that are plain', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const conf = join(box.folder, 'containers.conf')
    writeFileSync(conf, '[engine]\ncompression_format = "zstd"\ncompression_level = 1\nretry = 0\n')
    const env = { CONTAINERS_CONF: conf }
    const name = `${registry.address}/configured:1`
    await box.ok(['push', '-q', busyboxName, name], { env })
    expect(rawManifest(name).layers[0].mediaType).toMatch(/\+zstd$/)
    writeFileSync(conf, '[engine]\ncompression_format = "lzma"\n')
    const refused = await box.try(['push', '-q', busyboxName, name], { env, isChecked: false })
    expect(refused).toMatchObject({ code: 125, stderr: expect.stringContaining('"lzma"') })
  })

  rootTest.each(['dir:', 'oci:', 'oci-archive:', 'docker-archive:'])('to %s is read by skopeo', async (transport) => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const place = `${transport}${join(box.folder, 'out')}`
    await box.ok(['push', '-q', busyboxName, place])
    const { layers } = JSON.parse(skopeo('inspect', '--raw', place)) as { layers: { digest: string }[] }
    expect(layers.length).toBe(1)
    skopeo('copy', '-q', place, `dir:${join(box.folder, 'copy')}`)
    expect(readdirSync(join(box.folder, 'copy'))).toContain('version')
  })

  rootTest('to a dir: that is there: an image is replaced, a folder with other files is left alone', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const folder = join(box.folder, 'out')
    for (let round = 0; round < 2; round += 1) await box.ok(['push', '-q', busyboxName, `dir:${folder}`])
    writeFileSync(join(folder, 'thesis.txt'), 'x')
    const { code, stderr } = await box.try(['push', '-q', busyboxName, `dir:${folder}`])
    expect({ code, stderr }).toMatchObject({ code: 125, stderr: expect.stringContaining('exists and is not empty') })
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['thesis.txt', 'manifest.json']))
  })

  const refused: [string, RegExp][] = [
    ['--encryption-key pgp:x', /--encryption-key pgp: is not supported/],
    ['--encrypt-layer 0', /--encrypt-layer can only be used with --encryption-key/],
    ['--compression-format xz', /xz is not supported/],
    ['--compression-format lzma', /cannot find compressor for "lzma"/],
    ['--compression-level 10', /levels from 1 to 9/],
    ['--format v3', /unknown format "v3"/],
    ['--format v2s2 --compression-format zstd', /not compatible with the manifest type v2s2/],
  ]
  rootTest('what cannot be done is refused by name, and nothing goes out', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const name = `${registry.address}/no:1`
    for (const [flags, reason] of refused) {
      const { code, stderr } = await box.try(['push', '-q', ...flags.split(' '), busyboxName, name], {
        isChecked: false,
      })
      expect(code).toBe(125)
      expect(stderr).toMatch(reason)
    }
    expect(() => rawManifest(name)).toThrow()
  })

  rootTest('an image that is not there, and a destination that cannot be written', async () => {
    await using box = openBox()
    expect(await box.try(['push', 'nosuch'])).toMatchObject({ code: 125, stderr: 'Error: nosuch: image not known\n' })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const there = join(box.folder, 'missing', 'out')
    expect((await box.try(['push', '-q', busyboxName, `oci-archive:${there}`])).code).toBe(125)
    expect((await box.try(['push', '-q', busyboxName, 'sif:x'])).stderr).toMatch(/cannot be written to sif/)
    expect(existsSync(there)).toBe(false)
  })
})
