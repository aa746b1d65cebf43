// registries.conf as users write it: mirrors, blocks, other locations, drop-in files; the registries are real.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { registriesConfFiles } from '../../src/engine/config/configuration-files.ts'
import { readRegistriesConf } from '../../src/transport/registry/registries-conf.ts'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo')
/** Nothing listens there. */
const nowhere = 'localhost:1'
let main: RealRegistry
let mirror: RealRegistry

beforeAll(async () => {
  ;[main, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
  push(`${main.address}/team/busybox:1`)
  push(`${mirror.address}/copies/busybox:1`)
})
afterAll(async () => Promise.all([main[Symbol.asyncDispose](), mirror[Symbol.asyncDispose]()]))

function push(image: string): string {
  const words = ['copy', '-q', '--dest-tls-verify=false', `docker-archive:${busyboxArchive()}`, `docker://${image}`]
  return execFileSync('skopeo', words, { encoding: 'utf8' })
}

/** Pulls with a registries.conf of these lines. */
async function pullWith(box: Box, lines: readonly string[], image: string) {
  const conf = join(box.folder, 'registries.conf')
  writeFileSync(conf, lines.join('\n'))
  const env = { CONTAINERS_REGISTRIES_CONF: conf, GANTRY_TRACE: 'http' }
  const { code, stderr } = await box.try(['pull', '--retry', '0', image], { env })
  const asked = [...stderr.matchAll(/"GET (https?:\/\/\S+?)"/g)].map(([, url]) => url as string)
  return { code, stderr, asked }
}

describe('a mirror', () => {
  const withMirror = (...mirrorLines: string[]) => [
    '[[registry]]',
    `location = "${main.address}/team"`,
    '[[registry.mirror]]',
    ...mirrorLines,
  ]

  rootTest('is asked first, for its own path; the image keeps the name that was asked for', async () => {
    await using box = openBox()
    const image = `${main.address}/team/busybox:1`
    const { code, asked } = await pullWith(box, withMirror(`location = "${mirror.address}/copies"`), image)
    expect(code).toBe(0)
    expect(asked).toContain(`http://${mirror.address}/v2/copies/busybox/manifests/1`)
    expect(asked.filter((url) => url.includes(main.address))).toEqual([])
    expect(await box.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).toBe(image)
  })

  rootTest.each([
    ['does not answer', () => nowhere],
    ['does not have the image', () => `${mirror.address}/empty`],
  ])('that %s is warned of and passed over', async (_, location) => {
    await using box = openBox()
    const image = `${main.address}/team/busybox:1`
    const { code, stderr, asked } = await pullWith(box, withMirror(`location = "${location()}"`), image)
    expect(code).toBe(0)
    expect(stderr).toMatch(/mirror localhost:\d+ failed/)
    expect(asked).toContain(`http://${main.address}/v2/team/busybox/manifests/1`)
  })

  rootTest('for digests only is not asked for a tag', async () => {
    await using box = openBox()
    const lines = withMirror(`location = "${mirror.address}/copies"`, 'pull-from-mirror = "digest-only"')
    const { code, asked } = await pullWith(box, lines, `${main.address}/team/busybox:1`)
    expect(code).toBe(0)
    expect(asked.filter((url) => url.includes(mirror.address))).toEqual([])
  })

  rootTest('for digests only is asked for a digest', async () => {
    await using box = openBox()
    const digest = execFileSync(
      'skopeo',
      ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${main.address}/team/busybox:1`],
      { encoding: 'utf8' },
    ).trim()
    const lines = withMirror(`location = "${mirror.address}/copies"`, 'pull-from-mirror = "digest-only"')
    const { code, asked } = await pullWith(box, lines, `${main.address}/team/busybox@${digest}`)
    expect(code).toBe(0)
    expect(asked).toContain(`http://${mirror.address}/v2/copies/busybox/manifests/${digest}`)
  })
})

describe('a registry', () => {
  rootTest('that is blocked is not asked at all; a longer prefix may open a part of it', async () => {
    await using box = openBox()
    const lines = [
      ...['[[registry]]', `location = "${main.address}"`, 'blocked = true'],
      ...['[[registry]]', `location = "${main.address}/team"`],
    ]
    const blocked = await pullWith(box, lines, `${main.address}/other/busybox:1`)
    expect(blocked).toMatchObject({ code: 125, asked: [] })
    expect(blocked.stderr).toMatch(new RegExp(`registry ${main.address} is blocked in .*registries.conf`))
    expect(await pullWith(box, lines, `${main.address}/team/busybox:1`)).toMatchObject({ code: 0 })
  })

  rootTest('may stand for another location', async () => {
    await using box = openBox()
    const lines = ['[[registry]]', 'prefix = "registry.test/nice"', `location = "${mirror.address}/copies"`]
    const { code, asked } = await pullWith(box, lines, 'registry.test/nice/busybox:1')
    expect(code).toBe(0)
    expect(asked).toContain(`http://${mirror.address}/v2/copies/busybox/manifests/1`)
    expect(await box.ok(['images', '--format', '{{.Repository}}'])).toBe('registry.test/nice/busybox')
  })

  rootTest('may be any host below a domain', async () => {
    await using box = openBox()
    const lines = ['[[registry]]', 'prefix = "*.registry.test"', `location = "${mirror.address}/copies"`]
    expect(await pullWith(box, lines, 'any.registry.test/busybox:1')).toMatchObject({ code: 0 })
  })

  const address = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
  ;(address === undefined ? rootTest.skip : rootTest)(
    'elsewhere is asked without TLS only when it is called insecure',
    async () => {
      await using box = openBox()
      await using registry = await startDockerRegistry({ host: address as string })
      const image = `${registry.address}/busybox:1`
      push(image)
      const lines = (isInsecure: boolean) => [
        '[[registry]]',
        `location = "${registry.address}"`,
        `insecure = ${isInsecure}`,
      ]
      const secure = await pullWith(box, lines(false), image)
      expect(secure.code).toBe(125)
      expect(secure.asked).toEqual([`https://${registry.address}/v2/busybox/manifests/1`])
      const insecure = await pullWith(box, lines(true), image)
      expect(insecure.code).toBe(0)
      expect(insecure.asked).toContain(`http://${registry.address}/v2/busybox/manifests/1`)
    },
  )
})

rootTest(
  'an alias and a search say so; a mirror that is down is not waited for; a short name stays with its image',
  async () => {
    await using box = openBox()
    const home = join(box.folder, 'home/.config/containers')
    mkdirSync(join(home, 'registries.conf.d'), { recursive: true })
    const drop = join(home, 'registries.conf.d/own.conf')
    writeFileSync(drop, `[aliases]\n"ours" = "${main.address}/team/busybox"\n`)
    const pull = async (image: string, ...lines: string[]) => {
      const conf = join(box.folder, 'registries.conf')
      writeFileSync(conf, lines.join('\n'))
      return box.try(['pull', image], { env: { CONTAINERS_REGISTRIES_CONF: conf } })
    }
    const search = `unqualified-search-registries = ["${mirror.address}", "${main.address}"]`
    const found = await pull('copies/busybox:1', search)
    expect(found.stderr).toMatch(
      /^Resolving "copies\/busybox:1" using unqualified-search registries \(.*\/registries\.conf\)\n/,
    )
    const down = ['[[registry]]', `location = "${main.address}"`, '[[registry.mirror]]', `location = "${nowhere}"`]
    const aliased = await pull('ours:1', ...down)
    expect(aliased.stderr).toMatch(`Resolved "ours:1" as an alias (${drop})\n`)
    expect(aliased.stderr).toContain(`mirror ${nowhere} failed`)
    expect(aliased.stderr).not.toContain('retrying')
    // Of several registries in order the first would be asked, and has none.
    const again = await pull('team/busybox:1', search, 'short-name-mode = "enforcing"')
    expect(again.stderr).toContain(`Trying to pull ${main.address}/team/busybox:1...`)
    expect([found, aliased, again].map(({ code }) => code)).toEqual([0, 0, 0])
    const other = await pull('nosuch/busybox:1', search, 'short-name-mode = "enforcing"')
    expect(other).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(
        /^Error: short-name resolution enforced but cannot prompt without a TTY\n.*Name it in full/,
      ),
    })
  },
)

rootTest('drop-in files are read after the main one, in the order of their names, registry by registry', async () => {
  await using box = openBox()
  const home = join(box.folder, 'home')
  const folder = join(home, '.config/containers')
  mkdirSync(join(folder, 'registries.conf.d'), { recursive: true })
  const entry = (location: string) => `[[registry]]\nprefix = "registry.test"\nlocation = "${location}"\n`
  writeFileSync(join(folder, 'registries.conf'), `unqualified-search-registries = ["a.test"]\n${entry('one.test')}`)
  writeFileSync(join(folder, 'registries.conf.d/20.conf'), entry('three.test'))
  writeFileSync(join(folder, 'registries.conf.d/10.conf'), entry('two.test'))
  writeFileSync(join(folder, 'registries.conf.d/30.bak'), entry('four.test'))
  const files = registriesConfFiles({ env: {}, home, isRootless: true } as never, undefined)
  const conf = await readRegistriesConf(files)
  expect(conf.searchRegistries).toEqual(['a.test'])
  expect(conf.registries.filter(({ prefix }) => prefix === 'registry.test').map(({ location }) => location)).toEqual([
    'three.test',
  ])
})
