// registries.conf: what several files say together, and what makes one unusable. That a mistake goes unnoticed would open what was to be closed.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registriesConfFiles } from '../../../src/engine/config/configuration-files.ts'
import { parseTypedReference, printReference } from '../../../src/image/reference.ts'
import { readRegistriesConf } from '../../../src/transport/registry/registries-conf.ts'
import { pullCandidates } from '../../../src/transport/registry/short-names.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-registries-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const file = (name: string, text: string) => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}
const read = async (...texts: string[]) =>
  readRegistriesConf({ files: texts.map((text, at) => file(`${at}.conf`, text)) })
const entry = (...lines: string[]) => ['[[registry]]', ...lines].join('\n')

test.each([
  ['short-name-mode = "wrong"', 'invalid short-name mode: "wrong"'],
  ['short-name-mode = 1', 'short-name-mode is no text'],
  ['unqualified-search-registries = "a.test"', 'unqualified-search-registries is no list'],
  ['unqualified-search-registries = [1]', 'unqualified-search-registries holds what is no text'],
  [
    'unqualified-search-registries = ["https://a.test"]',
    "invalid location 'https://a.test': URI schemes are not supported",
  ],
  ['unqualified-search-registries = ["a.test/b"]', 'invalid unqualified-search-registries entry "a.test/b"'],
  ['credential-helpers = "x"', 'credential-helpers is no list'],
  ['[aliases]\na = 1', 'validating short-name aliases: alias "a" is no text'],
  ['[aliases]\na = "b.test/c:1"', 'validating short-name aliases: invalid alias "b.test/c:1": must not contain tag'],
  ['[aliases]\na = "b"', 'validating short-name aliases: invalid alias "b": must contain registry and repository'],
  ['[aliases]\n"a:1" = "b.test/c"', 'validating short-name aliases: invalid short name "a:1": must not contain tag'],
  [
    '[aliases]\n"a.test/b" = "b.test/c"',
    'validating short-name aliases: invalid short name "a.test/b": must not contain registry',
  ],
  ['aliases = 1', 'aliases is no table'],
  ['registry = 1', 'registry is no list of tables'],
  [entry('blocked = true'), 'invalid condition: both location and prefix are unset'],
  [entry('prefix = "a.test"'), 'invalid condition: location is unset and prefix is not in the format: *.example.com'],
  [entry('location = "a.test"', 'blocked = "true"'), 'registry.blocked is neither true nor false'],
  [entry('location = "a.test"', 'insecure = 1'), 'registry.insecure is neither true nor false'],
  [entry('location = "http://a.test"'), "invalid location 'http://a.test': URI schemes are not supported"],
  [
    entry('location = "a.test"', '[[registry.mirror]]', 'insecure = true'),
    'invalid condition: mirror location is unset',
  ],
  [
    entry('location = "a.test"', '[[registry.mirror]]', 'location = "b.test"', 'pull-from-mirror = "x"'),
    'unsupported pull-from-mirror value "x" for mirror "b.test"',
  ],
  [
    entry(
      'location = "a.test"',
      'mirror-by-digest-only = true',
      '[[registry.mirror]]',
      'location = "b.test"',
      'pull-from-mirror = "all"',
    ),
    'cannot set mirror usage mirror-by-digest-only for the registry ("a.test") and pull-from-mirror for per-mirror ("b.test") at the same time',
  ],
  [
    `${entry('location = "a.test"', 'blocked = true')}\n${entry('location = "a.test"')}`,
    "registry 'a.test' is defined multiple times with conflicting 'blocked' setting",
  ],
])('%j is refused', async (text, reason) => {
  const path = file('x.conf', text)
  await expect(readRegistriesConf({ files: [path] })).rejects.toMatchObject({
    kind: 'invalid',
    message: `loading registries configuration "${path}": ${reason}`,
  })
})

test('one that was named must be there; others need not', async () => {
  const missing = join(folder, 'missing.conf')
  await expect(readRegistriesConf({ files: [missing], required: missing })).rejects.toMatchObject({
    message: `loading registries configuration "${missing}": open ${missing}: no such file or directory`,
  })
  expect((await readRegistriesConf({ files: [missing] })).registries).toEqual([])
})

test('root reads the same places as others; drop-ins count beside a file that was named; names that were chosen come last', () => {
  const at = { isRootless: false, home: folder, env: {} }
  const own = file('.config/containers/registries.conf', '')
  const drop = file('.config/containers/registries.conf.d/1.conf', '')
  const aliases = '/var/cache/containers/short-name-aliases.conf'
  const { files } = registriesConfFiles(at, undefined)
  const system = files.filter((path) => path.startsWith('/etc/'))
  for (const path of system) expect(path).toMatch(/^\/etc\/containers\/registries\.conf\.d\//)
  expect(files).toEqual([own, ...system, drop, aliases])
  const chosen = registriesConfFiles(at, '/x.conf')
  expect(chosen.files[0]).toBe('/x.conf')
  expect(chosen.files).toContain(drop)
  expect(chosen.required).toBe('/x.conf')
  expect(registriesConfFiles({ ...at, env: { CONTAINERS_REGISTRIES_CONF: '/y.conf' } }, undefined).required).toBe(
    '/y.conf',
  )
  expect(registriesConfFiles({ ...at, isRootless: true }, undefined).files.at(-1)).toBe(
    join(folder, '.cache/containers/short-name-aliases.conf'),
  )
})

test('an alias is taken back by an empty one, and says where it is from', async () => {
  const search = 'unqualified-search-registries = ["s.test"]\n'
  const conf = await read(`${search}[aliases]\na = "b.test/c"\nd = "e.test/f"`, '[aliases]\na = ""')
  const candidates = (text: string) => {
    const { references, why } = pullCandidates(conf, parseTypedReference(text))
    return [references.map(printReference), why]
  }
  const [first] = conf.files
  expect(candidates('a:1')).toEqual([['s.test/a:1'], `Resolving "a:1" using unqualified-search registries (${first})`])
  expect(candidates('d:1')).toEqual([['e.test/f:1'], `Resolved "d:1" as an alias (${first})`])
  expect(candidates('x.test/y')).toEqual([['x.test/y:latest'], undefined])
})
