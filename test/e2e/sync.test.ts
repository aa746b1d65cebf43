// sync, between a registry, folders and what a YAML file lists; read by skopeo.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { addImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { end, member } from '../unit/image/tar-bytes.ts'

const rootTest = requires('root', 'skopeo')
const realTest = requires('root', 'docker-registry', 'skopeo')
const quick = { isChecked: false }
const plain = ['--src-tls-verify=false', '--dest-tls-verify=false']

const sumOf = (content: Uint8Array) => `sha256:${createHash('sha256').update(content).digest('hex')}`

/** A registry with one repository's tags. */
async function filledRegistry(tags: readonly string[]): Promise<TestRegistry> {
  const registry = await startRegistry()
  for (const tag of tags) addImage(registry, tag, [])
  registry.hook = ({ url }, response) => {
    if (url?.includes('/tags/list') !== true) return false
    response.end(JSON.stringify({ name: 'a', tags }))
    return true
  }
  return registry
}

rootTest('a repository into folders, and folders into a registry', async () => {
  await using box = openBox()
  await using registry = await filledRegistry(['1.0', '1.1'])
  await using other = await startRegistry()
  const from = `${registry.address}/team/a`
  const media = join(box.folder, 'media')
  const sync = ['sync', ...plain, '--src', 'docker', '--dest', 'dir']
  const dry = await box.try([...sync, '--dry-run', from, media], quick)
  expect(dry.stderr).toMatch(
    /Would have copied image from docker:.*a:1\.1 to dir:.*\/a:1\.1\nWould have synced 2 images/,
  )
  expect(existsSync(media)).toBe(false)
  expect((await box.try([...sync, '--scoped', from, media], quick)).stderr).toMatch(/Synced 2 images\n$/)
  expect(readdirSync(join(media, registry.address, 'team'))).toEqual(['a:1.0', 'a:1.1'])
  execFileSync('skopeo', ['inspect', `dir:${join(media, registry.address, 'team', 'a:1.0')}`])
  const again = await box.try([...sync, '--scoped', `${from}:1.0`, media], quick)
  expect(again).toMatchObject({ code: 125, stderr: expect.stringMatching(/refusing to overwrite destination folder/) })
  await box.ok(['sync', ...plain, '--src', 'dir', '--dest', 'docker', media, `${other.address}/mirror`], quick)
  const pushed = other.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'))
  expect(pushed.map(({ path }) => path)).toEqual(['/v2/mirror/a/manifests/1.0', '/v2/mirror/a/manifests/1.1'])
  const back = await box.try(['sync', '--src', 'dir', '--dest', 'dir', media, media], quick)
  expect(back).toMatchObject({ code: 125, stderr: expect.stringMatching(/from 'dir' to 'dir' is not supported/) })
})

rootTest(
  'what a YAML file lists, by tag, pattern and version; one that fails stops nobody else if told so',
  async () => {
    await using box = openBox()
    await using registry = await filledRegistry(['1.0', '1.1', '2.0', 'edge'])
    const file = join(box.folder, 'images.yaml')
    const media = join(box.folder, 'media')
    const sync = ['sync', '--src', 'yaml', '--dest', 'dir', file, media]
    writeFileSync(
      file,
      `${registry.address}:
  tls-verify: false
  credentials: { username: me, password: x }
  images: { named: [edge], missing: [nosuch] }
  images-by-tag-regex: { matched: "^ed" }
  images-by-semver: { ranged: "~1.0 || ^2" }
`,
    )
    expect(await box.try(sync, quick)).toMatchObject({ code: 125, stderr: expect.stringMatching(/manifest unknown/) })
    execFileSync('rm', ['-r', media])
    const { code, stderr } = await box.try([...sync, '--keep-going'], quick)
    expect({ code, stderr }).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/1 of 5 images could not be copied/),
    })
    expect(readdirSync(media).sort()).toEqual(['matched:edge', 'named:edge', 'ranged:1.0', 'ranged:2.0'])
    writeFileSync(file, 'registry.example.org:\n  images: 5\n')
    expect((await box.try(sync, quick)).stderr).toMatch(/images\.yaml' is not usable: images lists no repositories/)
  },
)

realTest('what the destination has moves no second time: one look at each manifest', async () => {
  await using box = openBox()
  await using source = await filledRegistry([])
  await using mirror = await startDockerRegistry()
  const layers = ['one', 'two', 'three'].map((name) => Buffer.concat([member({ name }, name), end]))
  const [first, second, third] = layers.map((layer, at) =>
    addImage(source, `v${at}`, [gzipSync(layer)], [sumOf(layer)]),
  )
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const entries = [first, second].map((image, at) => ({
    ...{ mediaType, digest: image?.digest, size: source.manifests.get(image?.digest ?? '')?.bytes.length },
    platform: { os: 'linux', architecture: ['amd64', 'arm64'][at] },
  }))
  source.addManifest('many', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: entries,
  })
  const list = join(box.folder, 'images.yaml')
  writeFileSync(list, JSON.stringify({ [source.address]: { 'tls-verify': false, images: { a: ['many', 'v2'] } } }))
  const sync = async (...flags: string[]) => {
    const [read, written] = [source.requests.length, mirror.requests().length]
    const { code, stderr } = await box.try(
      ['sync', '--src', 'yaml', '--dest', 'docker', ...flags, list, mirror.address],
      quick,
    )
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/Synced 2 images\n$/) })
    const requests = mirror
      .requests()
      .slice(written)
      .filter((one) => one !== 'GET /v2/')
    return { read: source.requests.slice(read).map(({ path }) => path), requests: requests.sort() }
  }
  expect((await sync('--all')).requests).toContain('PUT /v2/a/manifests/many')
  const look = (name: string | undefined) => `HEAD /v2/a/manifests/${name}`
  const looks = [first?.digest, second?.digest, 'many', 'v2'].map(look)
  const again = await sync('--all')
  expect(again.requests).toEqual(looks.sort())
  expect(again.read.filter((path) => path.includes('/blobs/'))).toEqual([])
  // Of a list only this machine's image is wanted: the tag leads to another one from then on.
  expect((await sync('--override-arch', 'arm64')).requests).toContain('PUT /v2/a/manifests/many')
  expect((await sync('--override-arch', 'arm64')).requests).toEqual(['many', 'v2'].map(look))
  // An entry that the registry has lost comes back, and nothing else.
  await sync('--all')
  await box.ok(['delete', `docker://${mirror.address}/a@${second?.digest}`], quick)
  expect((await sync('--all')).requests.filter((one) => !one.startsWith('HEAD'))).toEqual([
    `PUT /v2/a/manifests/${second?.digest}`,
  ])
  const [place, name] = [join(box.folder, 'all'), `${mirror.address}/a`]
  execFileSync('skopeo', ['copy', '-q', '--all', '--src-tls-verify=false', `docker://${name}:many`, `dir:${place}`])
  expect(readdirSync(place)).toContain(`${second?.digest.slice(7)}.manifest.json`)
  expect(third?.digest).toBe(
    execFileSync('skopeo', ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}:v2`], {
      encoding: 'utf8',
    }).trim(),
  )
})
