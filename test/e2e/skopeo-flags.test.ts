// skopeo's flags, those before its commands too: none is unknown here, and what they ask for is done.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive } from '../support/busybox-image.ts'
import { addImage, startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'skopeo')
const quick = { isChecked: false }
const skopeo = (...args: string[]) =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const flagsIn = (help: string) => [...help.matchAll(/^ +(?:-\w, )?(--[\w.-]+)/gm)].map(([, flag = '']) => flag)

/** What a policy of the user's own rejects. */
function rejectEverything(box: Box): void {
  const folder = join(box.folder, 'home/.config/containers')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'policy.json'), JSON.stringify({ default: [{ type: 'reject' }] }))
}

rootTest('none is unknown: it is honoured, or refused by name', async () => {
  await using box = openBox()
  const program = flagsIn(skopeo('--help')).filter((flag) => !['--help', '--version'].includes(flag))
  const commands = 'copy inspect list-tags delete sync manifest-digest standalone-sign standalone-verify'.split(' ')
  for (const command of commands) {
    const own = flagsIn(skopeo(command, '--help')).filter((flag) => flag !== '--help')
    // Debian's skopeo is older than these.
    const newer = command === 'sync' ? ['--append-suffix', '--digestfile', '--sign-by-sq-fingerprint'] : []
    const { stderr } = await box.try([command, ...[...own, ...newer].map((flag) => `${flag}=no`)], quick)
    expect(stderr, command).not.toContain('unknown flag')
  }
  const ahead = await box.try([...program.map((flag) => `${flag}=no`), 'copy', 'a', 'b'], quick)
  expect(program).toContain('--insecure-policy')
  expect(flagsIn(skopeo('copy', '--help'))).toContain('--dest-creds')
  expect(ahead.stderr).not.toContain('unknown flag')
  expect((await box.try(['--policy', 'x', 'ps'], quick)).stderr).toContain('unknown flag: --policy')
  const refused = await box.try(['copy', '--encryption-key', 'provider:k', 'dir:/a', 'dir:/b'], quick)
  expect(refused).toMatchObject({
    code: 125,
    stderr: expect.stringMatching(/^Error: --encryption-key provider: is not supported/),
  })
})

rootTest('--policy, --insecure-policy, --command-timeout: before the command and behind it', async () => {
  await using box = openBox()
  await using registry = await startRegistry()
  const from = `docker-archive:${busyboxArchive()}`
  const there = join(box.folder, 'there')
  rejectEverything(box)
  const rejected = await box.try(['copy', '-q', from, `dir:${there}`], quick)
  expect(rejected).toMatchObject({ code: 125, stderr: expect.stringContaining('is rejected by policy') })
  await box.ok(['--insecure-policy', 'copy', '-q', from, `dir:${there}`], quick)
  await box.ok(['copy', '--insecure-policy', '-q', from, `dir:${there}`], quick)
  const accepting = join(box.folder, 'policy.json')
  writeFileSync(accepting, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }))
  await box.ok(['--policy', accepting, '--override-arch', 'amd64', 'copy', '-q', from, `dir:${there}`], quick)
  // What may not be brought may be looked at, as with skopeo.
  expect(JSON.parse(await box.ok(['inspect', `dir:${there}`], quick)).Digest).toBe(
    JSON.parse(skopeo('inspect', `dir:${there}`)).Digest,
  )
  registry.hook = () => true
  const place = `docker://${registry.address}/never`
  for (const words of [
    ['--command-timeout=1s', 'inspect', '--tls-verify=false', place],
    ['copy', '--command-timeout=1s', '--tls-verify=false', '--insecure-policy', place, `dir:${there}-2`],
  ])
    expect(await box.try(words, quick)).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/^Error: the command took longer than its --command-timeout of 1 s$/m),
    })
  expect(existsSync(`${there}-2`)).toBe(false)
})

rootTest('inspect --shared-blob-dir and --manifest-digest; sync --append-suffix and --digestfile', async () => {
  await using box = openBox()
  await using registry = await startRegistry()
  const { digest } = addImage(registry, '1', [])
  const [layout, blobs] = [join(box.folder, 'layout'), join(box.folder, 'blobs')]
  const from = `docker://${registry.address}/a:1`
  const shared = ['--shared-blob-dir', blobs]
  await box.ok(['copy', '-q', '--tls-verify=false', '--dest-shared-blob-dir', blobs, from, `oci:${layout}:x`], quick)
  const { LayersData: _, ...told } = JSON.parse(await box.ok(['inspect', ...shared, `oci:${layout}:x`], quick))
  expect(told).toMatchObject(JSON.parse(skopeo('inspect', ...shared, `oci:${layout}:x`)))
  const raw = registry.manifests.get('1')?.bytes ?? ''
  const sha512 = `sha512:${createHash('sha512').update(raw).digest('hex')}`
  const asked = ['--format', '{{.Digest}}', '--manifest-digest', 'sha512', `oci:${layout}:x`]
  expect(await box.ok(['inspect', ...shared, ...asked], quick)).toBe(sha512)
  const [media, digests] = [join(box.folder, 'media'), join(box.folder, 'digests')]
  const way = ['--src', 'docker', '--dest', 'dir', '--src-tls-verify=false', `${registry.address}/a:1`, media]
  await box.ok(['sync', '--append-suffix=-mirror', '--digestfile', digests, ...way], quick)
  expect(readdirSync(media)).toEqual(['a:1-mirror'])
  expect(readFileSync(digests, 'utf8')).toBe(`${digest} dir:${media}/a:1-mirror\n`)
})
