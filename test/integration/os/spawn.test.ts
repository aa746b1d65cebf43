// Programs started by the addon, and signals as bytes of a pipe.

import { once } from 'node:events'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { native } from '../../../src/os/native.ts'
import { nothing, type SpawnRequest, spawnProcess } from '../../../src/os/spawn.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-spawn-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** What the program says; descriptor 1 is a pipe of ours. */
async function output(
  file: string,
  argv: string[],
  request: Partial<SpawnRequest> = {},
  more: number[] = [],
): Promise<string> {
  const [ours, theirs] = native().pipe()
  const child = spawnProcess(file, argv, { fds: [nothing, theirs, 2, ...more], ...request })
  closeSync(theirs)
  const { outputs } = await child.end({ outputs: [ours] })
  return (outputs[0] as Buffer).toString()
}

describe('spawn', () => {
  test('gives the descriptors that were named, wherever they were, and no other', async () => {
    const files = ['a', 'b', 'c'].map((name) => {
      const path = join(folder, name)
      writeFileSync(path, name)
      return openSync(path, 'r')
    }) as [number, number, number]
    const [a, b, c] = files
    // Each at the place of another, as far as they are near each other.
    const fds = Array.from({ length: Math.max(...files) - 2 }, (_, index) => [c, a, b][index % 3] as number)
    const read = 'for fd in 3 4 5; do eval "cat <&$fd"; done'
    expect(await output('/bin/sh', ['-c', read], {}, fds)).toBe('cab')
    const listed = await output('/bin/sh', ['-c', 'cd /proc/$$/fd && echo *'], {}, [a])
    // The last is the folder that is being listed.
    expect(listed).toBe('0 1 2 3 4\n')
    for (const fd of files) closeSync(fd)
  })

  test('gives /dev/null, the working folder, the environment and nothing else', async () => {
    const request = { workingFolder: folder, environment: { PATH: '/usr/bin:/bin', A: 'b' } }
    expect(await output('sh', ['-c', 'readlink /proc/self/fd/0; pwd; env | grep -v -e PWD -e _='], request)).toBe(
      `/dev/null\n${folder}\nA=b\nPATH=/usr/bin:/bin\n`,
    )
  })

  test('leaves every signal at its default and none blocked', async () => {
    const signals = await output('/bin/grep', ['^Sig[BI]', '/proc/self/status'])
    expect(signals).toBe(['SigBlk', 'SigIgn'].map((name) => `${name}:\t0000000000000000\n`).join(''))
  })

  test.each([
    ['/nonexistent/x', 'ENOENT'],
    ['no-such-program', 'ENOENT'],
    ['/etc/passwd', 'EACCES'],
    ['/etc', 'EACCES'],
  ])('%s throws %s at once', (file, code) => {
    expect(() => spawnProcess(file, [], { fds: [] })).toThrow(expect.objectContaining({ code, path: file }))
  })

  test('a descriptor that is not open is refused', () => {
    expect(() => spawnProcess('/bin/true', [], { fds: [nothing, nothing, 999] })).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    )
  })
})

describe('waitChild', () => {
  test.each([
    ['exit 7', { exitCode: 7, signal: 0 }],
    ['kill -KILL $$', { exitCode: 137, signal: 9 }],
  ])('%s', async (script, end) => {
    const child = spawnProcess('/bin/sh', ['-c', script], { fds: [nothing, nothing, nothing] })
    expect(await child.end()).toMatchObject(end)
  })

  test('passes signals on, also those that came before', async () => {
    const [signals, sender] = native().pipe()
    writeSync(sender, Buffer.of(constants.signals.SIGTERM))
    const child = spawnProcess('/bin/sleep', ['60'], { fds: [nothing, nothing, nothing] })
    expect(await child.end({ signals })).toMatchObject({ signal: 15 })
    for (const fd of [signals, sender]) closeSync(fd)
  })

  test('leaves an output that others keep open, if told for how long', async () => {
    const [ours, theirs] = native().pipe()
    const child = spawnProcess('/bin/sh', ['-c', 'sleep 5 & echo soon'], { fds: [nothing, theirs, nothing] })
    closeSync(theirs)
    const startedAt = performance.now()
    const { outputs, exitCode } = await child.end({ outputs: [ours], drainMs: 100 })
    expect([exitCode, String(outputs[0])]).toEqual([0, 'soon\n'])
    expect(performance.now() - startedAt).toBeLessThan(4000)
  })

  test('ends with the child’s outputs, not only with itself', async () => {
    expect(await output('/bin/sh', ['-c', '(sleep 0.3; echo late) & echo soon'])).toBe('soon\nlate\n')
  })
})

describe('catchSignals', () => {
  test('keeps signals until they are read, and gives back what was there', async () => {
    let seen = 0
    const listener = () => {
      seen += 1
    }
    process.on('SIGUSR2', listener)
    const fd = native().catchSignals(
      [constants.signals.SIGUSR2, constants.signals.SIGKILL],
      [constants.signals.SIGWINCH],
    )
    process.kill(process.pid, 'SIGWINCH')
    process.kill(process.pid, 'SIGUSR2')
    const bytes = Buffer.alloc(8)
    expect(readSync(fd, bytes)).toBe(1)
    expect(bytes[0]).toBe(constants.signals.SIGUSR2)
    expect(() => readSync(fd, bytes)).toThrow(expect.objectContaining({ code: 'EAGAIN' }))
    native().releaseSignals()
    native().releaseSignals()
    const again = once(process, 'SIGUSR2')
    process.kill(process.pid, 'SIGUSR2')
    await again
    expect(seen).toBe(1)
    process.off('SIGUSR2', listener)
  })
})

describe('connectUnix', () => {
  test('reaches a socket whose path is longer than an address', async () => {
    const short = join(folder, 's')
    const server = createServer().listen(short)
    await once(server, 'listening')
    const deep = join(folder, 'd'.repeat(90), 'e'.repeat(90))
    mkdirSync(deep, { recursive: true })
    symlinkSync(short, join(deep, 'attach'))
    const connection = once(server, 'connection')
    const fd = native().connectUnix(join(deep, 'attach'))
    const [socket] = (await connection) as [Socket]
    writeSync(fd, 'hello')
    native().shutdown(fd)
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('hello')
    closeSync(fd)
    socket.destroy()
    server.close()
  })

  test('says that nobody is there', () => {
    expect(() => native().connectUnix(join(folder, 'nobody'))).toThrow(
      expect.objectContaining({ code: 'ENOENT', syscall: 'connect' }),
    )
  })
})
