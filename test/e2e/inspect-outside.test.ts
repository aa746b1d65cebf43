// inspect of images that lie elsewhere than in the store, judged by skopeo.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { addImage, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'docker-registry', 'htpasswd', 'skopeo')
const quick = { isChecked: false }
const user = { name: 'me', password: 'secret' }
let registry: RealRegistry

beforeAll(async () => {
  registry = await startDockerRegistry({ user })
  skopeo('copy', '-q', '--dest-creds=me:secret', '--dest-tls-verify=false', archive, `docker://${registry.address}/a:1`)
})
afterAll(async () => registry[Symbol.asyncDispose]())

const archive = `docker-archive:${busyboxArchive()}`
const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

describe('inspect of a place', () => {
  rootTest("prints skopeo's document, of every transport", async () => {
    await using box = openBox()
    const login = ['--tls-verify=false', '--creds=me:secret']
    const folders = [`oci:${join(box.folder, 'oci')}:x`, `dir:${join(box.folder, 'dir')}`]
    for (const folder of folders) skopeo('copy', '-q', archive, folder)
    for (const place of [`docker://${registry.address}/a:1`, archive, ...folders]) {
      const flags = place.startsWith('docker:') ? login : []
      const { LayersData: layers, ...document } = JSON.parse(await box.ok(['inspect', ...flags, place], quick))
      const expected = JSON.parse(skopeo('inspect', ...flags, place))
      // An archive has no manifest: each makes one.
      if (place === archive) expected.Digest = document.Digest
      expect({ ...document, LayersData: expected.LayersData }, place).toEqual(expected)
      expect(layers.map(({ Digest: digest }: { Digest: string }) => digest)).toEqual(document.Layers)
      for (const form of [['--config'], ['--config', '--raw'], ['-f', '{{.Created}} {{.Os}} {{.Env}}']])
        expect(await box.ok(['inspect', ...form, ...flags, place], quick)).toBe(
          skopeo('inspect', ...form, ...flags, place).replace(/\n$/, ''),
        )
    }
    const [bare] = folders as [string]
    expect(await box.ok(['inspect', '--raw', bare], quick)).toBe(skopeo('inspect', '--raw', bare))
  })

  rootTest('logs in as it is told, or not at all', async () => {
    await using box = openBox()
    const place = `docker://${registry.address}/a:1`
    const ask = async (...flags: string[]) => box.try(['inspect', '-n', '--tls-verify=false', ...flags, place], quick)
    expect(JSON.parse((await ask('--username=me', '--password=secret')).stdout)).toMatchObject({ RepoTags: [] })
    expect(await ask('--no-creds')).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/authentication required/),
    })
    expect((await ask('--no-creds', '--creds=me:secret')).stderr).toMatch(/creds and no-creds cannot/)
    expect((await ask('--password=secret')).stderr).toMatch(/username must be specified/)
    await using other = await startRegistry()
    addImage(other, 'x', [])
    await box.ok(['inspect', '--tls-verify=false', '--registry-token', 'T', `docker://${other.address}/a:x`], quick)
    const asked = other.requests.filter(({ path }) => path !== '/v2/')
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer T']))
  })

  rootTest('leaves what a name means as it was', async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['tag', busyboxName, 'localhost/oci:1.0'], quick)
    expect(JSON.parse(await box.ok(['inspect', 'oci:1.0'], quick))[0].RepoTags).toContain('localhost/oci:1.0')
    const cases: [string[], RegExp][] = [
      [['--raw', busyboxName], /--raw is about images that lie elsewhere/],
      [['--size', archive], /--size is not for images that lie elsewhere/],
      [[archive, busyboxName], /exactly one image/],
      [['oci:/nosuch:x'], /\/nosuch: no such file/],
    ]
    for (const [args, reason] of cases)
      expect(await box.try(['inspect', ...args], quick)).toMatchObject({
        code: 125,
        stderr: expect.stringMatching(reason),
      })
  })
})
