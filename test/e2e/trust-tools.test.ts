// standalone-sign, standalone-verify and image sign, judged by skopeo; image trust.

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type SignedRegistry, startSignedRegistry, writePolicy } from '../support/signed-registry.ts'

const rootTest = requires('root', 'overlay', 'docker-registry', 'skopeo', 'gpg')
const quick = { isChecked: false }
let registry: SignedRegistry

beforeAll(async () => {
  registry = await startSignedRegistry()
})
afterAll(async () => registry[Symbol.asyncDispose]())
beforeEach(() => registry.reset())

rootTest('standalone-sign and standalone-verify do with files what skopeo does, in both directions', async () => {
  await using box = registry.openBox()
  const { key, skopeo } = registry
  const [manifest, ours, theirs] = ['manifest', 'ours', 'theirs'].map((name) => join(box.folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(manifest, '{"schemaVersion":2}')
  // Written through a link, as /dev/stdout is one.
  const link = join(box.folder, 'link')
  symlinkSync(ours, link)
  await box.ok(['standalone-sign', '-o', link, manifest, 'h.io/a:1', key], quick)
  skopeo('standalone-sign', '-o', theirs, manifest, 'h.io/a:1', key)
  expect(skopeo('standalone-verify', manifest, 'h.io/a:1', key, ours)).toMatch(/^Signature verified/)
  const verify = ['standalone-verify', manifest, 'h.io/a:1']
  const said = /^Signature verified using fingerprint [0-9A-F]{40}, digest sha256:[0-9a-f]{64}$/
  expect(await box.ok([...verify, key, theirs], quick)).toMatch(said)
  const file = ['--public-key-file', registry.publicKey]
  expect(await box.ok([...verify, 'any', theirs, ...file], quick)).toMatch(said)
  for (const [argv, reason] of [
    [['standalone-verify', manifest, 'h.io/a:2', key, theirs], 'Signature for identity "h.io/a:1" is not accepted'],
    [['standalone-verify', theirs, 'h.io/a:1', key, theirs], 'Signature for digest'],
    [[...verify, 'A'.repeat(40), theirs, ...file], 'does not match expected fingerprints'],
    [[...verify, 'any', theirs], '--public-key-file'],
    [[...verify, key, join(box.folder, 'nosuch')], 'reading signature from'],
  ] as const) {
    expect(await box.try(argv, quick)).toMatchObject({ code: 125, stderr: expect.stringContaining(reason) })
  }
})

rootTest('image sign adds a signature to those of an image in a registry; --all wants a list', async () => {
  await using box = registry.openBox()
  const image = `${registry.address}/signed/later:1`
  const copy = ['copy', '-q', '--dest-tls-verify=false']
  registry.skopeo(...copy, `docker-archive:${busyboxArchive()}`, `docker://${image}`)
  const words = ['image', 'sign', '--sign-by', registry.key]
  expect((await box.try(['image', 'sign', `docker://${image}`], quick)).stderr).toContain('no identity provided')
  expect((await box.try([...words, 'busybox'], quick)).stderr).toContain('parsing image name: "busybox"')
  await box.ok([...words, `docker://${image}`], quick)
  const trusted = [{ type: 'signedBy', keyType: 'GPGKeys', keyPath: registry.publicKey }]
  const policy = writePolicy(box, { docker: { '': trusted } })
  const read = ['--policy', policy, 'copy', '-q', '--src-tls-verify=false', `docker://${image}`]
  registry.skopeo(...read, `dir:${join(box.folder, 'read')}`)
  const folder = join(box.folder, 'signatures')
  expect((await box.try([...words, '-d', folder, `docker://${image}`], quick)).stderr).toContain(`stat ${folder}`)
  mkdirSync(folder)
  for (const _ of [1, 2]) await box.ok([...words, '-d', folder, `docker://${image}`], quick)
  const [name = ''] = readdirSync(join(folder, 'signed'))
  expect(readdirSync(join(folder, 'signed', name)).sort()).toEqual(['signature-1', 'signature-2'])
  await box.ok(['pull', '-q', '--tls-verify=false', image], quick)
  await box.ok([...words, '-d', folder, `containers-storage:${image}`], quick)
  expect(readdirSync(join(folder, 'signed', name))).toHaveLength(3)
  const unnamed = await box.ok(['image', 'inspect', '--format', '{{.Id}}', image], quick)
  const byId = await box.try([...words, '-d', folder, `containers-storage:${unnamed}`], quick)
  expect(byId.stderr).toContain('has no name')
  const single = await box.try([...words, '--all', `docker://${image}`], quick)
  expect(single.stderr).toContain('is not a multi-architecture image')
})

describe('image trust', () => {
  rootTest('set writes what show, pull and skopeo read, and keeps the rest of the file', async () => {
    await using box = registry.openBox()
    const path = join(box.folder, 'policy.json')
    const trust = ['image', 'trust']
    const flag = `--policypath=${path}`
    const early = await box.try([...trust, 'set', flag, '-t', 'accept', 'h.io'], quick)
    expect(early.stderr).toContain('default trust policy must be set')
    await box.ok([...trust, 'set', flag, '--type=reject', 'default'], quick)
    const own = { 'docker-daemon': { '': [{ type: 'insecureAcceptAnything' }] } }
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), transports: own }))
    await box.ok([...trust, 'set', flag, '--type=accept', 'h.io/free'], quick)
    await box.ok([...trust, 'set', flag, '-f', registry.publicKey, registry.address], quick)
    const lookaside = `file://${registry.lookaside}`
    expect((await box.ok([...trust, 'show', flag], quick)).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TRANSPORT', 'NAME', 'TYPE', 'ID', 'STORE'],
      ['all', 'default', 'reject', lookaside],
      ['repository', 'h.io/free', 'accept', lookaside],
      ['repository', registry.address, 'signed', 's@example.org', lookaside],
      ['docker-daemon', 'accept', lookaside],
    ])
    expect(JSON.parse(await box.ok([...trust, 'show', flag, '--json'], quick)).at(-2)).toEqual({
      transport: 'repository',
      name: registry.address,
      repo_name: registry.address,
      sigstore: lookaside,
      type: 'signed',
      gpg_id: 's@example.org',
    })
    expect(await box.ok([...trust, 'show', flag, '--raw'], quick)).toBe(readFileSync(path, 'utf8'))
    const unsigned = `${registry.address}/unsigned:1`
    const copy = ['copy', '-q', '--dest-tls-verify=false']
    registry.skopeo(...copy, `docker-archive:${busyboxArchive()}`, `docker://${unsigned}`)
    const refused = await box.try(['pull', '-q', '--signature-policy', path, unsigned], quick)
    expect(refused.stderr).toContain('A signature was required, but no signature exists')
    const read = ['copy', '-q', '--src-tls-verify=false', `docker://${unsigned}`, `dir:${box.folder}/d`]
    expect(() => registry.skopeo('--policy', path, ...read)).toThrow(/A signature was required/)
  })

  rootTest('set refuses what would make no policy, and leaves the file as it was', async () => {
    await using box = openBox()
    const path = join(box.folder, 'policy.json')
    const set = ['image', 'trust', 'set', `--policypath=${path}`]
    await box.ok([...set, '-t', 'accept', 'default'], quick)
    const before = readFileSync(path, 'utf8')
    for (const [flags, reason] of [
      [
        ['-t', 'bogus', 'default'],
        "invalid choice: bogus (choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')",
      ],
      [['h.io'], "at least one public key must be defined for type 'signedBy'"],
      [['-t', 'reject', '-f', '/k', 'h.io'], '1 public keys unexpectedly provided for trust type reject'],
      [['-f', '/nosuch.gpg', 'h.io'], "no public key file '/nosuch.gpg'"],
      [['-t', 'accept', 'a b'], 'invalid image uri: a b'],
    ] as const) {
      expect(await box.try([...set, ...flags], quick)).toMatchObject({
        code: 125,
        stderr: expect.stringContaining(reason),
      })
    }
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(readdirSync(box.folder).filter((name) => name.includes('policy'))).toEqual(['policy.json'])
  })
})
