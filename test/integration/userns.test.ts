// libexec/gantry/userns as two ordinary users that nothing else uses: one with subordinate ids, one (a bare number) without.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { stopPauseProcess } from '../../src/os/user-namespace.ts'
import { requires } from '../support/requires.ts'

const test = requires('root')
const sources = resolve(import.meta.dirname, '../../src/userns')
const userName = 'gantry-userns'
const bareUid = 64321

let program: string
let user: number
let folder: string
let uid: number

beforeAll(() => {
  if (process.getuid?.() !== 0) return
  if (!readFileSync('/etc/passwd', 'utf8').includes(`\n${userName}:`)) execFileSync('useradd', ['-m', userName])
  if (!readFileSync('/etc/subuid', 'utf8').includes(`${userName}:`)) {
    const ranges = ['--add-subuids', '700000-765535', '--add-subgids', '700000-765535']
    execFileSync('usermod', [...ranges, userName])
  }
  user = Number(execFileSync('id', ['-u', userName], { encoding: 'utf8' }))
  program = compiled()
})

afterAll(() => rmSync(resolve(program ?? '/nonexistent/x', '..'), { recursive: true, force: true }))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-userns-'))
  chmodSync(folder, 0o755)
  become(user)
})

afterEach(() => {
  for (const pid of pausesOf(uid)) process.kill(pid, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

/** With the sanitizers on: their reports go to stderr and fail the run. */
function compiled(): string {
  const target = join(mkdtempSync(join(tmpdir(), 'gantry-userns-program-')), 'userns')
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'))
  const flags = ['-std=gnu11', '-D_GNU_SOURCE', '-g', '-O1', '-Wall', '-Wextra', '-Wshadow', '-Werror']
  const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
  execFileSync('cc', [...flags, ...sanitizers, '-o', target, ...files.map((name) => join(sources, name))])
  chmodSync(resolve(target, '..'), 0o755)
  return target
}

/** From here on commands run as `id`, with a fresh runtime folder. */
function become(id: number): void {
  uid = id
  rmSync(join(folder, 'run'), { recursive: true, force: true })
  mkdirSync(join(folder, 'run'), { mode: 0o700 })
  chownSync(join(folder, 'run'), id, id)
}

interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(argv: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const groups = uid === bareUid ? '--clear-groups' : '--init-groups'
  const identity = uid === 0 ? [] : ['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${uid}`, groups]
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: folder,
    XDG_RUNTIME_DIR: join(folder, 'run'),
    // Looking for leaks takes ptrace(2), which other ids are not given.
    ASAN_OPTIONS: 'detect_leaks=0',
    ...environment,
  }
  const [file = '', ...rest] = [...identity, program, '--', ...argv]
  return spawn(file, rest, { env, cwd: '/usr/bin', detached: true })
}

async function run(argv: readonly string[], environment: Record<string, string> = {}): Promise<Result> {
  const child = start(argv, environment)
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  expect(stderr).not.toMatch(/Sanitizer|runtime error/)
  return { code, stdout, stderr }
}

const namespacesOfSelf = ['readlink', '/proc/self/ns/user', '/proc/self/ns/mnt']

async function namespaces(): Promise<string> {
  const { code, stdout, stderr } = await run(namespacesOfSelf)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

function pausesOf(id: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8')
        return (
          /^Name:\tgantry-pause$/m.test(status) && status.includes(`\nUid:\t${id}\t`) && !/^State:\tZ/m.test(status)
        )
      } catch {
        return false
      }
    })
    .map(Number)
}

const record = () => join(folder, 'run/gantry/pause.pid')

describe('inside', () => {
  test('we are root, with our subordinate ids, where we were', async () => {
    const script = 'id -u; id -g; cat /proc/self/uid_map; pwd; echo $_GANTRY_ROOTLESS_UID $_GANTRY_ROOTLESS_GID; exit 7'
    const { code, stdout } = await run(['sh', '-c', script])
    expect(code).toBe(7)
    expect(stdout.replaceAll(/ +/g, ' ')).toMatch(
      new RegExp(`^0\n0\n 0 ${user} 1\n 1 \\d+ 65536\n/usr/bin\n${user} ${user}\n$`),
    )
  })

  test('mounts stay inside and are seen by the next command', async () => {
    const name = `gantry-inside-${process.pid}`
    await run(['mount', '-t', 'tmpfs', name, '/mnt'])
    expect((await run(['grep', '-c', name, '/proc/self/mountinfo'])).stdout).toBe('1\n')
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(name)
  })

  test('mounts that the host makes later are seen', async () => {
    const shared = join(folder, 'shared')
    mkdirSync(shared)
    execFileSync('mount', ['-t', 'tmpfs', 'gantry-test', shared])
    execFileSync('mount', ['--make-shared', shared])
    try {
      await namespaces()
      mkdirSync(join(shared, 'late'))
      execFileSync('mount', ['-t', 'tmpfs', 'gantry-test', join(shared, 'late')])
      expect((await run(['grep', '-c', join(shared, 'late'), '/proc/self/mountinfo'])).stdout).toBe('1\n')
    } finally {
      execFileSync('umount', ['--recursive', shared])
    }
  })

  test('a command that is not there is an error of ours', async () => {
    const result = await run(['/nonexistent'])
    expect(result).toMatchObject({ code: 125, stderr: "Error: execute '/nonexistent': No such file or directory\n" })
  })
})

describe('the pause process', () => {
  test('is one for all later commands, and small', async () => {
    expect(await namespaces()).toBe(await namespaces())
    const [pid, ...more] = pausesOf(uid)
    expect(more).toEqual([])
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe('gantry-pause\0')
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('')
    expect(readdirSync(`/proc/${pid}/fd`)).toEqual(['0', '1', '2'])
  })

  test('is no child of the command', async () => {
    const running = start(['sleep', '60'])
    while (pausesOf(uid).length === 0) await tick()
    const [pid] = pausesOf(uid)
    // Whoever has made it ends a moment after it is there.
    await expect.poll(() => readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^PPid:\t1$/m)
    running.kill('SIGKILL')
  })

  test('is one for ten first commands at once', async () => {
    const seen = await Promise.all(Array.from({ length: 10 }, namespaces))
    expect(new Set(seen).size).toBe(1)
    expect(pausesOf(uid)).toHaveLength(1)
  })

  test('is made anew after kill -9', async () => {
    const before = await namespaces()
    await killPause()
    const seen = await Promise.all(Array.from({ length: 5 }, namespaces))
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).not.toBe(before)
    expect(pausesOf(uid)).toHaveLength(1)
  })

  test('stopPauseProcess ends it, and nothing else', async () => {
    const before = await namespaces()
    expect(await stopPauseProcess(join(folder, 'run'))).toBe(true)
    expect(pausesOf(uid)).toEqual([])
    expect(await stopPauseProcess(join(folder, 'run'))).toBe(false)
    expect(await namespaces()).not.toBe(before)
    const text = readFileSync(record(), 'utf8')
    writeFileSync(record(), text.replace(/ \d+/, ' 77'))
    expect(await stopPauseProcess(join(folder, 'run'))).toBe(false)
    expect(pausesOf(uid)).toHaveLength(1)
  })

  test('killed while containers run, comes back into their namespaces', async () => {
    mkdirSync(join(folder, 'libexec/gantry'), { recursive: true })
    const monitor = join(folder, 'libexec/gantry/monitor')
    copyFileSync('/bin/sleep', monitor)
    chmodSync(monitor, 0o755)
    const before = await namespaces()
    const running = start([monitor, '60'])
    while (!readlink(running.pid, 'exe').endsWith('/libexec/gantry/monitor')) await tick()
    await killPause()
    const seen = await Promise.all(Array.from({ length: 5 }, namespaces))
    expect(new Set(seen)).toEqual(new Set([before]))
    expect(pausesOf(uid)).toHaveLength(1)
    running.kill('SIGKILL')
    expect(await namespaces()).toBe(before)
  })

  test('comes back into them also when the runtime folder was taken away', async () => {
    const before = await namespaces()
    const monitor = ownMonitor()
    const running = start([monitor, '60'])
    while (readlink(running.pid, 'exe') !== monitor) await tick()
    rmSync(join(folder, 'run/gantry'), { recursive: true })
    for (const pid of pausesOf(uid)) process.kill(pid, 'SIGKILL')
    expect(await namespaces()).toBe(before)
    running.kill('SIGKILL')
  })

  test('is not fooled by a monitor inside of a container', async () => {
    const before = await namespaces()
    const monitor = ownMonitor()
    const running = start(['unshare', '--fork', '--pid', '--kill-child', '--mount-proc', monitor, '60'])
    while (!isRunning(monitor)) await tick()
    rmSync(join(folder, 'run/gantry'), { recursive: true })
    for (const pid of pausesOf(uid)) process.kill(pid, 'SIGKILL')
    expect(await namespaces()).not.toBe(before)
    running.kill('SIGKILL')
  })

  test.each([
    ['torn', () => '12'],
    ['empty', () => ''],
    ['of another process', () => `${process.pid} 1 2 3\n`],
    ['of a process with the same number but another start time', (text: string) => text.replace(/ \d+/, ' 77')],
  ])('a record that is %s is not believed', async (_, change) => {
    await namespaces()
    const text = readFileSync(record(), 'utf8')
    await killPause()
    writeFileSync(record(), change(text))
    await namespaces()
    expect(pausesOf(uid)).toHaveLength(1)
  })

  test('is told of when it is new, and as long as it is in a login session', async () => {
    const strays = async () => (await run(['sh', '-c', 'echo "$_GANTRY_PAUSE_STRAYS"'])).stdout.trim()
    expect([await strays(), await strays()]).toEqual(['1', ''])
    const root = existsSync('/sys/fs/cgroup/cgroup.controllers') ? '/sys/fs/cgroup' : '/sys/fs/cgroup/freezer'
    const group = join(root, `gantry-test-${process.pid}`)
    const scope = join(group, 'session-7.scope')
    mkdirSync(scope, { recursive: true })
    writeFileSync(join(scope, 'cgroup.procs'), String(pausesOf(uid)[0]))
    expect([await strays(), await strays()]).toEqual(['1', '1'])
    await killPause()
    for (const each of [scope, group]) rmdirSync(each)
  })

  test('is one or none, whenever its maker is killed', { timeout: 120_000 }, async () => {
    for (let step = 0; step < 40; step += 1) {
      become(user)
      const maker = start(['true'])
      await tick(step)
      killGroup(maker)
      await namespaces()
      expect(pausesOf(uid)).toHaveLength(1)
      expect(readdirSync(join(folder, 'run/gantry')).toSorted()).toEqual(['pause.lock', 'pause.pid'])
      for (const pid of pausesOf(uid)) process.kill(pid, 'SIGKILL')
      while (pausesOf(uid).length > 0) await tick()
    }
  })
})

describe('without subordinate ids', () => {
  beforeEach(() => become(bareUid))

  test('there is one id, and one hint', async () => {
    const first = await run(['cat', '/proc/self/uid_map', '/proc/self/gid_map'])
    expect(first.stdout.trim().split(/\s+/).map(Number)).toEqual([0, bareUid, 1, 0, bareUid, 1])
    expect(first.stderr).toMatch(/^Warning: only your own user id can be used.*\nFor more: .*'64321:\d+:65536'.*\n$/)
    expect((await run(['true'])).stderr).toBe('')
    expect(pausesOf(uid)).toHaveLength(1)
  })

  test('the same where newuidmap is missing', async () => {
    become(user)
    const { code, stderr } = await run(['/bin/true'], { PATH: '/nonexistent' })
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('newuidmap: not installed') })
    expect(pausesOf(uid)).toHaveLength(1)
  })
})

describe('the runtime folder', () => {
  const fallback = `/tmp/gantry-run-${bareUid}`
  beforeEach(() => become(bareUid))
  afterEach(() => rmSync(fallback, { recursive: true, force: true }))

  test('is in /tmp where XDG_RUNTIME_DIR is another user’s', async () => {
    const { stdout } = await run(['sh', '-c', 'echo $XDG_RUNTIME_DIR'], { XDG_RUNTIME_DIR: '/run' })
    expect(stdout).toBe(`${fallback}\n`)
    expect(statSync(fallback)).toMatchObject({ uid: bareUid, mode: 0o040700 })
    expect(existsSync(join(fallback, 'gantry/pause.pid'))).toBe(true)
  })

  test('in /tmp is refused when somebody else made it', async () => {
    mkdirSync(fallback, { mode: 0o700 })
    const result = await run(['true'], { XDG_RUNTIME_DIR: '' })
    expect(result).toMatchObject({ code: 125, stderr: expect.stringContaining('not a private folder') })
    expect(pausesOf(uid)).toEqual([])
  })
})

test('root becomes the command and nothing else', async () => {
  become(0)
  const { stdout } = await run(['sh', '-c', 'readlink /proc/self/ns/user; echo "$_GANTRY_ROOTLESS_UID"'])
  expect(stdout).toBe(`${readlink('self', 'ns/user')}\n\n`)
  expect(existsSync(join(folder, 'run/gantry'))).toBe(false)
})

/** A program that can be told from nothing but the monitor beside the launcher. */
function ownMonitor(): string {
  const path = resolve(program, '../monitor')
  if (!existsSync(path)) copyFileSync('/bin/sleep', path)
  chmodSync(path, 0o755)
  return path
}

function isRunning(path: string): boolean {
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && readlink(Number(pid), 'exe') === path)
}

async function tick(ms = 1): Promise<void> {
  await new Promise((done) => setTimeout(done, ms))
}

async function killPause(): Promise<void> {
  const [pid = 0] = pausesOf(uid)
  process.kill(pid, 'SIGKILL')
  while (pausesOf(uid).includes(pid)) await tick()
}

function killGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
  } catch {
    // It had ended.
  }
}

function readlink(pid: number | 'self' | undefined, name: string): string {
  try {
    return execFileSync('readlink', [`/proc/${pid}/${name}`], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}
