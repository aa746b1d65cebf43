// An ordinary user's containers: the README's first steps, sessions of all sorts, and what must stay apart.

import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { isUnifiedCgroup } from '../../src/os/cgroup.ts'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type TestUser, testUser } from '../support/user.ts'

const test = requires('root', 'runc')
const bareUid = 64323
const noNetwork = join(import.meta.dirname, '..', 'support', 'no-network.conf')
let user: TestUser

beforeAll(() => {
  if (process.getuid?.() === 0) user = testUser('gantry-rootless')
})

function openUserBox(): Box {
  return openBox({ user })
}

async function openLoadedBox(): Promise<Box> {
  const box = openUserBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

describe('the first steps', () => {
  test('run of the embedded image needs nothing', async () => {
    await using box = openUserBox()
    const { stdout } = await box.try(['run', '--rm', 'hello'])
    expect(stdout).toContain('Hello from a container!')
    expect(stdout).toMatch(new RegExp(`user +0, which is ${user.uid} on the host`))
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })

  test('run -d, exec, top, logs -f, stop, rm', async () => {
    await using box = await openLoadedBox()
    const script = 'trap "exit 3" TERM; n=0; while :; do echo line $n; n=$((n+1)); sleep 0.1; done'
    await box.ok(['run', '-d', '--name', 'web', busybox, 'sh', '-c', script])
    expect(await box.ok(['exec', 'web', 'id', '-u'])).toBe('0')
    expect(await box.ok(['exec', '--user', '1000', 'web', 'id', '-un'])).toBe('user')
    expect(await box.ok(['exec', '-i', 'web', 'cat'], { stdin: 'through' })).toBe('through')
    expect(await box.ok(['top', 'web', 'user', 'huser', 'pid'])).toMatch(
      new RegExp(`^USER +HUSER +PID\nroot +(${user.name}|${user.uid}) +1(\n|$)`),
    )
    const follower = finish(box.start(['logs', '-f', 'web']))
    await box.ok(['stop', '-t', '5', 'web'])
    expect((await follower).stdout.split('\n').slice(0, 2)).toEqual(['line 0', 'line 1'])
    expect((await box.inspect('web')).State).toMatchObject({ Status: 'exited', ExitCode: 3 })
    await box.ok(['rm', 'web'])
  })

  test('exit codes are the container’s', async () => {
    await using box = await openLoadedBox()
    expect((await box.try(['run', '--rm', busybox, 'sh', '-c', 'exit 7'])).code).toBe(7)
    expect((await box.try(['run', '--rm', busybox, '/nowhere'])).code).toBe(127)
    expect((await box.try(['run', '--rm', busybox, '/etc/passwd'])).code).toBe(126)
  })
})

/** As `user` or a bare number in a session of its own: no XDG_RUNTIME_DIR but what is given. */
async function session(uid: number, env: Record<string, string>, argv: readonly string[]) {
  const groups = uid === bareUid ? '--clear-groups' : '--init-groups'
  const { spawn } = await import('node:child_process')
  const program = join(user.installation, 'bin/gantry')
  const child = spawn('setpriv', [`--reuid=${uid}`, `--regid=${uid}`, groups, program, ...argv], {
    env: { PATH: '/usr/bin:/bin', CONTAINERS_CONF: noNetwork, ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return finish(child)
}

interface Home extends Disposable {
  readonly path: string
  /** A runtime folder inside of it, for a pause process of its own. */
  readonly runtime: string
}

/** Gone, with its pause process, at the end. */
function makeHome(uid: number): Home {
  const path = mkdtempSync(join(tmpdir(), 'gantry-home-'))
  const runtime = join(path, 'runtime')
  mkdirSync(runtime, { mode: 0o700 })
  for (const folder of [path, runtime]) chownSync(folder, uid, uid)
  return {
    path,
    runtime,
    [Symbol.dispose]() {
      endPause(runtime)
      rmSync(path, { recursive: true })
    },
  }
}

describe('sessions', () => {
  test('the state lies in the user’s own folders, closed to others', async () => {
    using home = makeHome(user.uid)
    const env = { HOME: home.path, XDG_RUNTIME_DIR: home.runtime }
    expect(await session(user.uid, env, ['run', '--rm', 'hello', 'true'])).toMatchObject({ code: 0 })
    for (const folder of [join(home.path, '.local/share/gantry'), join(home.runtime, 'gantry')]) {
      expect(statSync(folder)).toMatchObject({ uid: user.uid, mode: 0o040700 })
    }
  })

  test('one without XDG_RUNTIME_DIR, or with another user’s, works the same', async () => {
    using home = makeHome(user.uid)
    for (const env of [{}, { XDG_RUNTIME_DIR: '/run/user/0' }, { XDG_RUNTIME_DIR: '/nonexistent' }]) {
      const { code, stdout } = await session(user.uid, { HOME: home.path, ...env }, [
        'run',
        '--rm',
        'hello',
        'echo',
        'hi',
      ])
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi\n' })
    }
    expect(existsSync(join(user.runtimeFolder, 'gantry/containers'))).toBe(true)
  })

  test('a container started without a runtime folder is seen by those that have one', async () => {
    using home = makeHome(bareUid)
    const bare = { HOME: home.path }
    const full = { HOME: home.path, XDG_RUNTIME_DIR: home.runtime }
    const makeshift = `/tmp/gantry-run-${bareUid}`
    expect(await session(bareUid, bare, ['run', '-d', '--name', 'early', 'hello', 'sleep', '1000'])).toMatchObject({
      code: 0,
    })
    expect((await session(bareUid, full, ['ps', '--format', '{{.Names}}'])).stdout).toBe('early\n')
    expect(await session(bareUid, full, ['exec', 'early', '/hello', 'true'])).toMatchObject({ code: 0 })
    expect(await session(bareUid, full, ['rm', '-f', '-t', '0', 'early'])).toMatchObject({ code: 0 })
    expect(readdirSync(join(makeshift, 'gantry/containers'))).toEqual([])
    endPause(makeshift)
    rmSync(makeshift, { recursive: true })
  })

  test('su to the user works', async () => {
    await using box = openUserBox()
    const command = `${join(user.installation, 'bin/gantry')} --root ${box.root} --runroot ${box.run} run --rm hello echo hi`
    expect(execFileSync('su', ['-', user.name, '-c', command], { encoding: 'utf8' })).toBe('hi\n')
  })

  test.each([
    [{ HOME: '/root' }, "HOME is '/root', which this user may not enter"],
    [{ HOME: 'here' }, "HOME is 'here', which is not an absolute path"],
    [{}, 'HOME is not set, and this user has no entry in /etc/passwd'],
    [{ HOME: '/nonexistent' }, "the state directory '/nonexistent/.local/share/gantry' cannot be used: EACCES"],
  ])('with %j it says what is wrong', async (env, message) => {
    using home = makeHome(bareUid)
    const { code, stderr } = await session(bareUid, { XDG_RUNTIME_DIR: home.runtime, ...env } as never, ['ps'])
    expect(code).toBe(125)
    expect(stderr).toContain(`Error: ${message}`)
  })

  test('users do not see each other', async () => {
    await using box = openUserBox()
    await box.ok(['run', '-d', '--name', 'mine', 'hello', 'sleep', '1000'])
    using home = makeHome(bareUid)
    const env = { HOME: home.path, XDG_RUNTIME_DIR: home.runtime }
    expect((await session(bareUid, env, ['ps', '-aq'])).stdout).toBe('')
    const others = await session(bareUid, env, ['--root', box.root, '--runroot', box.run, 'ps'])
    expect(others).toMatchObject({ code: 125, stderr: expect.stringContaining('cannot be used: EACCES') })
  })
})

describe('a user without subordinate ids', () => {
  test('runs containers of one id, and is told so once', async () => {
    using home = makeHome(bareUid)
    const env = { HOME: home.path, XDG_RUNTIME_DIR: home.runtime }
    const first = await session(bareUid, env, ['run', '--rm', 'hello', 'echo', 'hi'])
    expect(first).toMatchObject({ code: 0, stdout: 'hi\n' })
    expect(first.stderr).toMatch(
      /Warning: only your own user id can be used in containers: .*\nFor more: .*\/etc\/subuid/,
    )
    expect((await session(bareUid, env, ['load', '-q', '-i', busyboxArchive()])).stderr).toBe('')
    const script = 'id -u; stat -c %u:%g /etc/passwd'
    expect((await session(bareUid, env, ['run', '--rm', busybox, 'sh', '-c', script])).stdout).toBe('0\n0:0\n')
    // A start that fails is 126, a creation 125.
    const refused = [
      [['--user', '1000'], 126, "the container's user namespace has no user 1000"],
      [['--userns', 'keep-id'], 125, '--userns keep-id needs subordinate ids, and this user has none'],
      [['--userns', 'nomap'], 125, '--userns nomap needs subordinate ids, and this user has none'],
    ] as const
    for (const [flags, expected, message] of refused) {
      const { code, stderr } = await session(bareUid, env, ['run', '--rm', ...flags, busybox, 'true'])
      expect({ code, stderr }).toEqual({
        code: expected,
        stderr: expect.stringContaining(`Error: ${message}\n`) as string,
      })
    }
  })
})

describe('limits', () => {
  const limitTest = isUnifiedCgroup() ? test.skip : test

  limitTest('that cgroup v1 does not give are a warning, never a failure', async () => {
    await using box = openUserBox()
    const flags = ['--memory', '64m', '--cpus', '1', '--pids-limit', '100']
    const { code, stdout, stderr } = await box.try(['run', '--rm', ...flags, 'hello', 'echo', 'hi'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi\n' })
    expect(stderr.match(/limits are not supported/g)).toHaveLength(1)
  })

  limitTest('are not spoken of when nobody asked for one', async () => {
    await using box = openUserBox()
    await box.ok(['run', '--rm', 'hello', 'true'])
    expect((await box.try(['run', '--rm', 'hello', 'true'])).stderr).toBe('')
  })

  limitTest('pause is refused where there is no freezer', async () => {
    await using box = openUserBox()
    await box.ok(['run', '-d', '--name', 'web', 'hello', 'sleep', '1000'])
    const { code, stderr } = await box.try(['pause', 'web'])
    expect({ code, stderr }).toEqual({
      code: 125,
      stderr: expect.stringContaining('pause is not supported for cgroupv1 rootless containers') as string,
    })
    expect(await box.ok(['ps', '--format', '{{.State}}'])).toBe('running')
  })
})

describe('unshare', () => {
  test('becomes the command inside of the user namespace', async () => {
    await using box = openUserBox()
    expect(await box.ok(['unshare', 'id', '-u'])).toBe('0')
    expect(await box.ok(['unshare', 'cat', '/proc/self/uid_map'])).toMatch(new RegExp(`^ +0 +${user.uid} +1\n +1 `))
    expect((await box.try(['unshare', 'sh', '-c', 'exit 9'])).code).toBe(9)
    expect((await box.try(['unshare', 'no-such-program'])).code).toBe(127)
    expect(
      await box.ok(['unshare', ...box.argv.slice(box.argv.indexOf('--init-groups') + 1), 'unshare', 'id', '-u']),
    ).toBe('0')
  })

  test('is nothing for root, and _GANTRY_ROOTLESS_UID makes nobody rootless', async () => {
    await using box = openBox()
    const env = { _GANTRY_ROOTLESS_UID: '1000', _GANTRY_ROOTLESS_GID: '1000' }
    const { code, stderr } = await box.try(['unshare', 'id'], { env })
    expect({ code, stderr }).toEqual({ code: 125, stderr: 'Error: please use unshare with rootless\n' })
    expect(await box.ok(['run', '--rm', 'hello'], { env })).not.toContain('a user namespace')
  })

  test('_GANTRY_ROOTLESS_UID of the user’s own making changes nothing', async () => {
    await using box = openUserBox()
    const env = { _GANTRY_ROOTLESS_UID: '0', _GANTRY_ROOTLESS_GID: '0' }
    expect(await box.ok(['unshare', 'sh', '-c', 'echo $_GANTRY_ROOTLESS_UID'], { env })).toBe(String(user.uid))
  })
})

function endPause(runtime: string): void {
  const record = join(runtime, 'gantry/pause.pid')
  if (existsSync(record)) process.kill(Number(readFileSync(record, 'utf8').split(' ')[0]), 'SIGKILL')
}
