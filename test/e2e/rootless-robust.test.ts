// An ordinary user's containers when something is taken from under them: the pause process, the runtime folder, subordinate ids, a file
// system without attributes.

import { execFileSync, spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type TestUser, testUser } from '../support/user.ts'

const test = requires('root', 'runc')
let user: TestUser

/** A runtime folder of each test's own, so that nothing else uses the pause process. */
beforeEach(() => {
  const runtimeFolder = mkdtempSync(join(tmpdir(), 'gantry-runtime-'))
  user = { ...testUser('gantry-robust'), runtimeFolder }
  chownSync(runtimeFolder, user.uid, user.uid)
})

afterEach(() => {
  for (const pid of pauses()) process.kill(pid, 'SIGKILL')
  rmSync(user.runtimeFolder, { recursive: true })
})

async function openLoadedBox(): Promise<Box> {
  const box = openBox({ user })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

/** Pause processes of the user; dead ones wait for init to take notice. */
function pauses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        if (/^State:\tZ/m.test(status)) return false
        return /^Name:\tgantry-pause$/m.test(status) && status.includes(`\nUid:\t${user.uid}\t`)
      } catch {
        return false
      }
    })
    .map(Number)
}

async function killPause(): Promise<void> {
  for (const pid of pauses()) process.kill(pid, 'SIGKILL')
  while (pauses().length > 0) await sleep(10)
}

async function namespaceOf(box: Box): Promise<string> {
  return box.ok(['unshare', 'readlink', '/proc/self/ns/user'])
}

describe('the pause process', () => {
  test('killed while containers run, is one again, and they are reached', async () => {
    await using box = await openLoadedBox()
    await box.ok(['run', '-d', '--name', 'web', '--user', '1000', busybox, 'sleep', '1000'])
    const before = await namespaceOf(box)
    await killPause()
    const ids = await Promise.all(Array.from({ length: 4 }, async () => box.ok(['exec', 'web', 'id', '-u'])))
    expect(ids).toEqual(['1000', '1000', '1000', '1000'])
    expect(await namespaceOf(box)).toBe(before)
    expect(pauses()).toHaveLength(1)
    await box.ok(['stop', '-t', '0', 'web'])
    await box.ok(['rm', 'web'])
  })

  test('holds nothing of the command that made it', async () => {
    await using box = openBox({ user })
    const argv = box.argv.map((word) => `'${word}'`).join(' ')
    execFileSync('sh', ['-c', `exec 7</etc/passwd 9>'${box.folder}/lock'; flock 9; ${argv} ps`], {
      env: box.env,
      stdio: 'ignore',
    })
    const [pid] = pauses()
    const held = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    expect(held).toEqual(['/dev/null', '/dev/null', '/dev/null'])
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('')
    execFileSync('flock', ['--nonblock', join(box.folder, 'lock'), 'true'])
  })

  test('system migrate makes it anew once no container runs', async () => {
    await using box = await openLoadedBox()
    const before = await namespaceOf(box)
    await box.ok(['run', '-d', '--name', 'web', busybox, 'sleep', '1000'])
    await box.ok(['system', 'migrate'])
    expect(await namespaceOf(box)).toBe(before)
    await box.ok(['rm', '-f', '-t', '0', 'web'])
    const [pid] = pauses()
    await box.ok(['system', 'migrate'], { isChecked: false })
    expect(pauses()).not.toContain(pid)
    expect(await namespaceOf(box)).toMatch(/^user:/)
    expect(pauses()).toHaveLength(1)
  })
})

describe('a container', () => {
  test('gets no descriptor of the command that starts it', async () => {
    await using box = await openLoadedBox()
    const argv = [...box.argv, 'run', '--rm', busybox, 'sh', '-c', 'ls /proc/1/fd; true']
      .map((word) => `'${word}'`)
      .join(' ')
    const out = execFileSync('sh', ['-c', `exec 7</etc/passwd 8<&0; ${argv}`], { env: box.env, encoding: 'utf8' })
    expect(out.trim().split(/\s+/)).toEqual(['0', '1', '2'])
  })

  test('is stopped and removed although the runtime folder was taken away', async () => {
    await using box = openBox({ user })
    const env = { HOME: box.folder }
    const argv = box.argv.slice(0, box.argv.indexOf('--root'))
    const gantry = async (...words: string[]) => {
      const { spawn } = await import('node:child_process')
      const child = spawn(argv[0] as string, [...argv.slice(1), ...words], { env: { ...box.env, ...env }, cwd: '/' })
      return finish(child)
    }
    expect(await gantry('run', '-d', '--name', 'web', '--user', '7', 'hello', 'sleep', '1000')).toMatchObject({
      code: 0,
    })
    const { stdout } = await gantry('inspect', '--format', '{{.State.Pid}}', 'web')
    const process = `/proc/${stdout.trim()}/exe`
    expect(existsSync(process)).toBe(true)
    rmSync(user.runtimeFolder, { recursive: true })
    mkdirSync(user.runtimeFolder, { mode: 0o700 })
    chownSync(user.runtimeFolder, user.uid, user.uid)
    await killPause()
    expect((await gantry('ps', '-a', '--format', '{{.Names}} {{.State}}')).stdout).toBe('web exited\n')
    expect(await gantry('start', 'web')).toMatchObject({ code: 0 })
    expect(existsSync(process)).toBe(false)
    expect(await gantry('exec', 'web', '/hello', 'echo', 'again')).toMatchObject({ code: 0, stdout: 'again\n' })
    expect(await gantry('rm', '-f', '-t', '0', 'web')).toMatchObject({ code: 0 })
  })
})

describe('storage', () => {
  test('is copied where the file system has no attributes for overlay', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-plain-'))
    execFileSync('mount', ['-t', 'ramfs', 'ramfs', folder])
    try {
      chownSync(folder, user.uid, user.uid)
      await using box = openBox({ user })
      const gantry = async (...words: string[]) =>
        box.ok(['--root', join(folder, 'root'), ...words], { isChecked: false })
      await gantry('load', '-q', '-i', busyboxArchive())
      expect(readFileSync(join(folder, 'root/storage.json'), 'utf8')).toContain('"driver":"vfs"')
      await gantry('run', '-d', '--name', 'web', busybox, 'sleep', '1000')
      expect(await gantry('exec', 'web', 'sh', '-c', 'echo x > /etc/new; cat /etc/new')).toBe('x')
      expect(await gantry('run', '--rm', '--userns', 'keep-id', busybox, 'stat', '-c', '%u:%g', '/etc/passwd')).toBe(
        '0:0',
      )
      expect(await gantry('system', 'check')).toBe('')
      await gantry('rm', '-f', '-t', '0', 'web')
    } finally {
      await killPause()
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true })
    }
  })

  requires(
    'root',
    'runc',
    'fuse-overlayfs',
  )('is fuse-overlayfs when asked for', async () => {
    await using box = openBox({ user })
    const gantry = async (...words: string[]) =>
      box.ok(['--storage-driver', 'fuse-overlayfs', ...words], { isChecked: false })
    await gantry('load', '-q', '-i', busyboxArchive())
    expect(await gantry('run', '--rm', busybox, 'grep', ' / ', '/proc/mounts')).toContain('fuse.fuse-overlayfs')
    await gantry('run', '-d', '--name', 'web', busybox, 'sleep', '1000')
    expect(await gantry('exec', 'web', 'sh', '-c', 'rm /etc/group; ls /etc')).not.toContain('group')
    await gantry('rm', '-f', '-t', '0', 'web')
  })
})

describe('root of another user namespace', () => {
  test('runs containers in a state directory of its own', async () => {
    await using box = openBox({ user })
    const inner = [...box.argv, 'run', '--rm', 'hello', 'echo', 'hi']
    const words = inner.slice(inner.indexOf('--init-groups') + 1)
    const prefix = inner.slice(0, inner.indexOf('--init-groups') + 1)
    const unshare = ['unshare', '--map-root-user', '--map-auto', '--mount']
    const [file = '', ...rest] = [...prefix, ...unshare, ...words]
    expect(execFileSync(file, rest, { env: box.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe(
      'hi\n',
    )
    writeFileSync(join(box.folder, 'done'), '')
  })
})

/** The host root's, for one: `unshare -r` leaves HOME as it is. */
describe('root of a user namespace with a HOME that is closed to it', () => {
  const cases: readonly (readonly [words: string[], code: number, stderr: string])[] = [
    [['images'], 0, ''],
    [['login', '--get-login', '127.0.0.1:1'], 125, 'Error: not logged into 127.0.0.1:1'],
    [['image', 'trust', 'show'], 0, ''],
    [
      ['pull', '-q', '--retry', '0', '--tls-verify=false', '127.0.0.1:1/a'],
      125,
      'pinging container registry 127.0.0.1:1: connect: connection refused',
    ],
  ]

  test.for(cases)('%s', async ([words, code, stderr]) => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-closed-'))
    const [home, state] = [join(folder, 'home'), join(folder, 'state')]
    mkdirSync(join(home, '.config/containers/registries.conf.d'), { recursive: true })
    writeFileSync(join(home, '.config/containers/registries.conf'), 'not toml')
    mkdirSync(state)
    execFileSync('chmod', ['0755', folder])
    execFileSync('chmod', ['0700', home])
    chownSync(state, user.uid, user.uid)
    try {
      const as = ['--reuid', `${user.uid}`, '--regid', `${user.uid}`, '--clear-groups', 'unshare', '-r']
      const argv = [join(user.installation, 'bin/gantry'), '--root', `${state}/root`, '--runroot', `${state}/run`]
      const env = { PATH: process.env['PATH'], HOME: home, XDG_RUNTIME_DIR: state }
      const done = spawnSync('setpriv', [...as, ...argv, ...words], { env, encoding: 'utf8' })
      expect({ code: done.status, stderr: done.stderr }).toEqual({ code, stderr: expect.stringContaining(stderr) })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
