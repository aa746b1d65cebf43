// copy, list-tags and manifest-digest, judged by skopeo.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { addImage, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { end, member } from '../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')
const quick = { isChecked: false }
let registry: RealRegistry
let first: string

beforeAll(async () => {
  registry = await startDockerRegistry()
  first = `${registry.address}/first:1`
  const format = ['--format', 'oci', '--dest-tls-verify=false']
  skopeo('copy', '-q', ...format, `docker-archive:${busyboxArchive()}`, `docker://${first}`)
})
afterAll(async () => registry[Symbol.asyncDispose]())

const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const rawAt = (place: string) =>
  skopeo('inspect', '--raw', ...(place.startsWith('docker:') ? ['--tls-verify=false'] : []), place)

describe('copy', () => {
  rootTest('from place to place, the manifest is the same to the byte', async () => {
    await using box = openBox()
    const places = [
      `docker://${first}`,
      `oci:${join(box.folder, 'oci')}:x`,
      `dir:${join(box.folder, 'dir')}`,
      `oci-archive:${join(box.folder, 'archive')}`,
      'localhost/stored:1',
      `docker://${registry.address}/last:1`,
    ]
    for (const [at, place] of places.slice(1).entries()) await box.ok(['copy', '-q', places[at] as string, place])
    for (const place of places.filter((one) => one.includes(':/')))
      expect(rawAt(place)).toBe(rawAt(`docker://${first}`))
    expect(await box.ok(['manifest-digest', join(box.folder, 'dir', 'manifest.json')], quick)).toBe(
      `sha256:${createHash('sha256')
        .update(rawAt(`docker://${first}`))
        .digest('hex')}`,
    )
    expect(JSON.parse(await box.ok(['list-tags', `docker://${registry.address}/last`], quick))).toEqual({
      Repository: `${registry.address}/last`,
      Tags: ['1'],
    })
    expect(JSON.parse(await box.ok(['list-tags', `docker-archive:${busyboxArchive()}`], quick))).toEqual({
      Tags: ['localhost/busybox:latest'],
    })
    await box.ok(['delete', `docker://${registry.address}/last:1`], quick)
    expect(() => rawAt(`docker://${registry.address}/last:1`)).toThrow(/manifest unknown/)
    const again = await box.try(['delete', `docker://${registry.address}/last:1`], quick)
    expect(again).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/^Error: unable to delete .*may not exist/),
    })
  })

  rootTest('--all copies a list whole; else it says that it does not', async () => {
    await using box = openBox()
    await using many = await startRegistry()
    const images = ['amd64', 'arm64'].map((architecture) => {
      const layer = Buffer.concat([member({ name: architecture }, architecture), end])
      return { architecture, ...addImage(many, architecture, [layer]) }
    })
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    const manifests = images.map(({ architecture, digest }) => {
      const size = many.manifests.get(digest)?.bytes.length
      return { mediaType, digest, size, platform: { os: 'linux', architecture } }
    })
    const list = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests }
    many.addManifest('multi', list)
    const from = `docker://${many.address}/a:multi`
    const whole = join(box.folder, 'whole')
    await box.ok(['copy', '--all', '--preserve-digests', from, `oci:${whole}:m`])
    expect(JSON.parse(rawAt(`oci:${whole}:m`))).toEqual(list)
    expect(existsSync(join(whole, 'blobs/sha256', (images[1]?.digest ?? '').slice(7)))).toBe(true)
    const archive = `docker-archive:${join(box.folder, 'archive')}`
    expect((await box.try(['copy', '--all', from, archive], quick)).stderr).toMatch(/not a list of several/)
    expect((await box.try(['copy', from, 'localhost/chosen'], quick)).stderr).toMatch(/one image of a list of several/)
    const single = `dir:${join(box.folder, 'one')}`
    const told = await box.try(['copy', '--override-arch', 'arm64', from, single])
    expect(told.stderr).toContain('--all')
    expect(rawAt(single)).toBe(many.manifests.get(images[1]?.digest ?? '')?.bytes.toString())
  })

  rootTest(
    'a layout that is there gains the image, also by two at once; blobs can lie in a shared folder',
    async () => {
      await using box = openBox()
      const layout = join(box.folder, 'layout')
      const read = (...args: string[]) => skopeo('copy', '-q', ...args, `dir:${join(box.folder, 'read')}`)
      skopeo('copy', '-q', '--src-tls-verify=false', `docker://${first}`, `oci:${layout}:theirs`)
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      const names = ['a', 'b', 'c']
      await Promise.all(names.map(async (name) => box.ok(['copy', '-q', busyboxName, `oci:${layout}:${name}`], quick)))
      await box.ok(['copy', '-q', `docker://${first}`, `oci:${layout}:b`])
      const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'))
      const listed = manifests.map(({ annotations }: { annotations: object }) => Object.values(annotations)[0])
      expect(listed.sort()).toEqual([...names, 'theirs'])
      expect(rawAt(`oci:${layout}:b`)).toBe(rawAt(`oci:${layout}:theirs`))
      expect(rawAt(`oci:${layout}:a`)).not.toBe(rawAt(`oci:${layout}:b`))
      read(`oci:${layout}:a`)
      const shared = join(box.folder, 'shared')
      const slim = `oci:${join(box.folder, 'slim')}:x`
      await box.ok(['copy', '-q', '--dest-shared-blob-dir', shared, busyboxName, slim])
      expect(readdirSync(join(box.folder, 'slim')).sort()).toEqual(['index.json', 'oci-layout'])
      read('--src-shared-blob-dir', shared, slim)
      await box.ok(['copy', '-q', '--src-shared-blob-dir', shared, slim, 'localhost/again:1'])
      const unused = await box.try(['copy', '--src-shared-blob-dir', shared, busyboxName, slim], quick)
      expect(unused.stderr).toContain('--src-shared-blob-dir means nothing')
      writeFileSync(join(box.folder, 'other'), '')
      const other = await box.try(['copy', '-q', busyboxName, `oci:${box.folder}:x`], quick)
      expect(other.stderr).toContain('exists, and is no OCI layout')
    },
  )

  rootTest('what would change the digest, or cannot be done, is refused and leaves nothing', async () => {
    await using box = openBox()
    const there = join(box.folder, 'there')
    const cases: [string[], RegExp][] = [
      [['--preserve-digests', '--format', 'v2s2', `docker://${first}`, `dir:${there}`], /would change the digest/],
      [['--multi-arch', 'most', `docker://${first}`, `dir:${there}`], /unknown multi-arch option "most"/],
      [['--multi-arch', 'index-only', `docker://${first}`, 'localhost/x'], /a whole list is not supported/],
      [['--sign-by', 'me', `docker://${first}`, `dir:${there}`], /Cannot determine canonical Docker reference/],
      [['--format', 'oci', `docker://${first}`, `docker-archive:${there}`], /Docker's format, not oci/],
      [['--preserve-digests', `docker://${first}`, `docker-archive:${there}`], /would change the digest/],
      [['--dest-compress', `docker://${first}`, `oci:${there}`], /--dest-compress means nothing for 'oci:/],
      [['--src-no-creds', '--src-creds=a:b', `docker://${first}`, `dir:${there}`], /creds and no-creds cannot/],
      [['docker-daemon:x', `dir:${there}`], /docker-daemon:x has neither a tag nor a digest/],
      [[`docker://${registry.address}/nosuch:1`, `dir:${there}`], /manifest unknown/],
      [['nosuch', `dir:${there}`], /image not known/],
    ]
    for (const [args, reason] of cases) {
      const { code, stderr } = await box.try(['copy', '-q', ...args], quick)
      expect(stderr).toMatch(reason)
      expect(code).toBe(125)
    }
    expect(existsSync(there)).toBe(false)
  })
})
