// What the README promises: a real Debian of 100+ MB, pulled from a real registry, worked with as root and as an ordinary user.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { finish, openBox } from '../support/box.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const realTest = requires('root', 'runc', 'overlay', 'docker-registry')
let registry: RealRegistry
let image: string

beforeAll(async () => {
  registry = await startDockerRegistry()
  image = `${registry.address}/debian:bookworm`
  const archive = debianArchive()
  execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `docker-archive:${archive}`, `docker://${image}`])
  return async () => registry[Symbol.asyncDispose]()
}, 600_000)

describe.each(['root', 'an ordinary user'])('as %s', (who) => {
  realTest('pull, run, exec, logs -f, stop, rm', { timeout: 300_000 }, async () => {
    await using box = openBox(who === 'root' ? {} : { user: testUser() })
    expect(await box.ok(['pull', '-q', image])).toMatch(/^[0-9a-f]{64}$/)
    expect(await box.ok(['run', '--rm', image, 'sh', '-c', '. /etc/os-release; echo $ID'])).toBe('debian')
    expect(await box.ok(['run', '--rm', image, 'perl', '-e', 'print 6*7'])).toBe('42')
    await box.ok([
      'run',
      '-d',
      '--name',
      'web',
      image,
      'sh',
      '-c',
      'trap "exit 3" TERM; n=0; while :; do echo line $n; n=$((n+1)); sleep 0.1; done',
    ])
    expect(await box.ok(['exec', 'web', 'cat', '/etc/debian_version'])).toMatch(/^12/)
    expect(await box.ok(['exec', 'web', 'id', '-u'])).toBe('0')
    const follower = finish(box.start(['logs', '-f', 'web']))
    await box.ok(['stop', '-t', '5', 'web'])
    const { stdout } = await follower
    expect(stdout.split('\n').slice(0, 2)).toEqual(['line 0', 'line 1'])
    expect((await box.inspect('web')).State).toMatchObject({ Status: 'exited', ExitCode: 3 })
    await box.ok(['rm', 'web'])
    await box.ok(['rmi', image])
    expect(await box.ok(['images', '-q'])).toBe('')
  })

  realTest('apt works inside: users, permissions and file capabilities came over', { timeout: 120_000 }, async () => {
    await using box = openBox(who === 'root' ? {} : { user: testUser() })
    await box.ok(['pull', '-q', image])
    expect(await box.ok(['run', '--rm', image, 'dpkg', '--verify'])).toBe('')
    expect(await box.ok(['run', '--rm', image, 'stat', '-c', '%a %U', '/usr/bin/passwd'])).toBe('4755 root')
    expect(await box.ok(['run', '--rm', '--user', 'www-data', image, 'id', '-un'])).toBe('www-data')
  })
})

/** Made once per machine: debootstrap's minimal bookworm in a docker-archive of one layer. */
function debianArchive(): string {
  const archive = '/var/tmp/gantry-debian-bookworm.tar'
  if (existsSync(archive)) return archive
  const work = mkdtempSync(join(tmpdir(), 'gantry-debian-'))
  const tree = join(work, 'tree')
  execFileSync('debootstrap', ['--variant=minbase', 'bookworm', tree], { stdio: 'ignore' })
  execFileSync('sh', [
    '-c',
    `rm -f ${tree}/var/cache/apt/archives/*.deb; find ${tree}/var/lib/apt/lists -type f -delete`,
  ])
  execFileSync('tar', [
    '--xattrs',
    '--xattrs-include=*',
    '--numeric-owner',
    '-C',
    tree,
    '-cf',
    join(work, 'layer.tar'),
    '.',
  ])
  expect(statSync(join(work, 'layer.tar')).size).toBeGreaterThan(100_000_000)
  const diffId = execFileSync('sha256sum', [join(work, 'layer.tar')], { encoding: 'utf8' }).split(' ')[0]
  writeFileSync(
    join(work, 'config.json'),
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Cmd: ['bash'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    }),
  )
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: 'config.json', RepoTags: ['localhost/debian:bookworm'], Layers: ['layer.tar'] }]),
  )
  execFileSync('tar', ['-C', work, '-cf', `${archive}.half`, 'manifest.json', 'config.json', 'layer.tar'])
  renameSync(`${archive}.half`, archive)
  rmSync(work, { recursive: true })
  return archive
}
