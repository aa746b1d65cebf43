// copy: what an image looks like where it is written to, judged by skopeo and podman.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'skopeo')
const quick = { isChecked: false }
const archive = `docker-archive:${busyboxArchive()}`
const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const member = (path: string, name: string) =>
  JSON.parse(execFileSync('tar', ['xOf', path, name], { encoding: 'utf8' }))

describe('to docker-archive:', () => {
  rootTest('as skopeo writes it, from anywhere, and the same bytes each time', async () => {
    await using box = openBox()
    const at = (name: string) => join(box.folder, name)
    skopeo('copy', '-q', archive, `docker-archive:${at('skopeo')}:x/y:1`)
    skopeo('copy', '-q', '--format', 'v2s2', '--dest-compress', archive, `dir:${at('gzipped')}`)
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    for (const [number, source] of [archive, `dir:${at('gzipped')}`, busyboxName].entries()) {
      await box.ok(['copy', '-q', source, `docker-archive:${at(`own${number}`)}:x/y:1`], quick)
      expect(readFileSync(at(`own${number}`)).equals(readFileSync(at('own0'))), source).toBe(true)
    }
    for (const name of ['manifest.json', 'repositories'])
      expect(member(at('own0'), name)).toEqual(member(at('skopeo'), name))
    const list = (path: string) => execFileSync('tar', ['tf', path], { encoding: 'utf8' })
    expect(list(at('own0'))).toBe(list(at('skopeo')))
    skopeo('copy', '-q', `docker-archive:${at('own0')}`, `dir:${at('read')}`)
    const more = ['--additional-tag', 'x/z:2', '--additional-tag', 'w']
    await box.ok(['copy', '-q', ...more, archive, `docker-archive:${at('named')}:x/y:1`], quick)
    const [{ RepoTags: tags }] = member(at('named'), 'manifest.json')
    expect(tags).toEqual(['docker.io/x/y:1', 'docker.io/x/z:2', 'docker.io/library/w:latest'])
    const again = await box.try(['copy', '-q', archive, `docker-archive:${at('own0')}`], quick)
    expect(again).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/doesn't support modifying existing images/),
    })
  })
})

describe('layers', () => {
  rootTest('are packed and unpacked as the flags say', async () => {
    await using box = openBox()
    const at = (name: string) => join(box.folder, name)
    const typesAt = (place: string) =>
      JSON.parse(skopeo('inspect', '--raw', place)).layers.map(({ mediaType }: { mediaType: string }) => mediaType)
    const oci = 'application/vnd.oci.image.layer.v1.tar'
    const cases: [string[], string, string[]][] = [
      [[], `oci:${at('gzipped')}:x`, [`${oci}+gzip`]],
      [['--dest-oci-accept-uncompressed-layers'], `oci:${at('plain')}:x`, [oci]],
      [['--dest-compress-format', 'zstd'], `oci:${at('zstd')}:x`, [`${oci}+zstd`]],
    ]
    for (const [flags, place, types] of cases) {
      await box.ok(['copy', '-q', ...flags, archive, place], quick)
      expect(typesAt(place)).toEqual(types)
    }
    await box.ok(['copy', '-q', '--dest-decompress', `oci:${at('zstd')}:x`, `dir:${at('dir')}`], quick)
    expect(typesAt(`dir:${at('dir')}`)).toEqual([oci])
    const [{ Layers: layers }] = member(busyboxArchive(), 'manifest.json')
    expect(layers).toHaveLength(1)
    const packed = ['--dest-compress-format', 'gzip', '--dest-force-compress-format=false']
    await box.ok(['copy', '-q', ...packed, `oci:${at('zstd')}:x`, `oci:${at('kept')}:x`], quick)
    expect(typesAt(`oci:${at('kept')}:x`)).toEqual([`${oci}+zstd`])
    expect(readdirSync(at('kept'))).toContain('oci-layout')
  })
})

describe('a registry that takes only one format', () => {
  rootTest("gets the manifest in the format that it takes, unless the image's own is to be kept", async () => {
    await using box = openBox()
    await using registry = await startRegistry()
    const docker = 'application/vnd.docker.distribution.manifest.v2+json'
    registry.hook = ({ method, url, headers }, response) => {
      if (method !== 'PUT' || !url?.includes('/manifests/') || headers['content-type'] === docker) return false
      response.writeHead(415).end('{"errors":[{"code":"MANIFEST_INVALID","message":"manifest invalid"}]}')
      return true
    }
    const layout = `oci:${join(box.folder, 'oci')}:x`
    await box.ok(['copy', '-q', archive, layout], quick)
    const to = (tag: string) => ['--dest-tls-verify=false', layout, `docker://${registry.address}/a:${tag}`]
    const { stderr } = await box.try(['copy', ...to('b')], quick)
    expect(stderr).toMatch(/Writing the manifest as application\/vnd\.docker.*manifest invalid/)
    expect(registry.manifests.get('b')?.type).toBe(docker)
    const stored = JSON.parse(registry.manifests.get('b')?.bytes.toString() ?? '')
    expect(stored.config.digest).toBe(JSON.parse(skopeo('inspect', '--raw', layout)).config.digest)
    await box.ok(['copy', '-q', '--src-tls-verify=false', `docker://${registry.address}/a:b`, 'localhost/back'])
    for (const flag of ['--preserve-digests', '--format=oci'])
      expect((await box.try(['copy', '-q', flag, ...to('c')], quick)).stderr).toMatch(/^Error: .*415.*manifest invalid/)
    expect(registry.manifests.has('c')).toBe(false)
  })

  rootTest('is asked as each side says', async () => {
    await using box = openBox()
    await using registry = await startRegistry()
    await using other = await startRegistry()
    const to = `docker://${registry.address}/a:1`
    const login = ['--dest-username', 'me', '--dest-password', 'x', '--dest-tls-verify=false']
    await box.ok(['copy', '-q', ...login, archive, to], quick)
    const tokens = ['--src-registry-token', 'S', '--dest-registry-token', 'D']
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--image-parallel-copies=1', '--retry-delay=1s']
    await box.ok(['copy', '-q', ...tokens, ...plain, to, `docker://${other.address}/a:1`], quick)
    expect(registry.requests.map(({ authorization }) => authorization)).toContain('Bearer S')
    expect(other.requests.map(({ authorization }) => authorization)).toContain('Bearer D')
  })
})
