// What the README promises: a real Debian of 100+ MB, pulled from a real registry, worked with as root and as an ordinary user.

import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { beforeAll, describe, expect } from 'vitest'
import { finish, openBox } from '../support/box.ts'
import { debianArchive } from '../support/debian-image.ts'
import { type RealRegistry, startDockerRegistry } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const realTest = requires('root', 'runc', 'overlay', 'docker-registry')
let registry: RealRegistry
let image: string

beforeAll(async () => {
  registry = await startDockerRegistry()
  image = `${registry.address}/debian:bookworm`
  const archive = debianArchive({ name: 'debian-bookworm', packages: [] })
  expect(statSync(archive).size).toBeGreaterThan(100_000_000)
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
