// container checkpoint and restore, in place: what runs goes on where it was.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, vi } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { criuFolder } from '../support/criu.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const test = requires('root', 'runc', 'overlay')
const counting = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done'

/** Debian's busybox has no flock. */
function locker(folder: string): string {
  const source = join(folder, 'locker.c')
  const program = `#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    if (flock(open(argv[argc - 1], O_CREAT | O_RDWR, 0600), LOCK_EX) == 0) write(1, "held\\n", 5);
    for (;;) pause();
}
`
  writeFileSync(source, program)
  execFileSync('cc', ['-static', '-w', '-o', join(folder, 'locker'), source])
  return join(folder, 'locker')
}

describe('with criu', () => {
  let box: Box

  beforeAll(async () => {
    box = openBox({ programs: criuFolder() })
    await box.ok(['load', '-q', '-i', busyboxArchive()])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  const started = async (name: string, flags: readonly string[] = [], script = counting) =>
    box.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busybox, 'sh', '-c', script])
  const count = async (name: string) => Number((await box.ok(['logs', '--tail', '1', name])).trim())
  const countsBeyond = async (name: string, least: number) =>
    vi.waitFor(async () => expect(await count(name)).toBeGreaterThan(least), { timeout: 10_000, interval: 200 })
  const state = async (name: string) => (await box.inspect(name)).State
  const checkpoint = async (...words: string[]) => box.ok(['container', 'checkpoint', ...words])
  const restore = async (...words: string[]) => box.ok(['container', 'restore', ...words])
  const files = (id: string) => {
    const folder = join(box.root, 'containers', id, 'criu')
    return existsSync(folder) ? readdirSync(folder).sort() : []
  }

  test('a container goes on counting where it was', async () => {
    await started('count')
    await countsBeyond('count', 5)
    expect(await checkpoint('count')).toBe('count')
    const before = await count('count')
    expect(await state('count')).toMatchObject({ Status: 'exited', Running: false, ExitCode: 0, Checkpointed: true })
    expect(await box.ok(['ps', '-a', '--filter', 'name=count', '--format', '{{.Status}}'])).toMatch(/^Exited \(0\)/)
    expect(await restore('count')).toBe('count')
    await countsBeyond('count', before)
    const numbers = (await box.ok(['logs', 'count'])).trim().split('\n').map(Number)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const { Checkpointed, Restored, Running } = await state('count')
    expect([Checkpointed, Restored, Running]).toEqual([undefined, true, true])
    expect(await box.ok(['exec', 'count', 'echo', 'inside'])).toBe('inside')
    await box.ok(['stop', '--time', '0', 'count'])
    expect(await state('count')).toMatchObject({ Status: 'exited', ExitCode: 137 })
    const events = await box.ok(['events', '--stream=false', '--filter', 'container=count', '--format', '{{.Status}}'])
    expect(events.split('\n').filter((word) => /checkpoint|restore/.test(word))).toEqual(['checkpoint', 'restore'])
  })

  test('again and again, and what it wrote is there', async () => {
    await started('twice', [], `echo kept > /file; ${counting}`)
    for (let round = 0; round < 2; round += 1) {
      await countsBeyond('twice', (await count('twice').catch(() => 0)) + 1)
      await checkpoint('twice')
      await restore('twice')
    }
    expect(await box.ok(['exec', 'twice', 'cat', '/file'])).toBe('kept')
    await box.ok(['rm', '-f', '-t', '0', 'twice'])
  })

  test.each([
    ['a terminal', ['-t']],
    ['an init', ['--init']],
    ['a user namespace', ['--uidmap', '0:100000:65536']],
    ['mounts', ['--tmpfs', '/x', '-v', 'data:/data', '--read-only']],
    ['limits', ['-m', '64m', '--pids-limit', '50']],
    ['stdin open', ['-i']],
    ['no filter', ['--security-opt', 'seccomp=unconfined']],
  ])('with %s', async (_, flags) => {
    const id = await started('kind', flags)
    await vi.waitFor(async () => expect((await box.ok(['logs', id])).split('\n').length).toBeGreaterThan(2))
    await checkpoint('kind')
    await restore('kind')
    const before = (await box.ok(['logs', id])).split('\n').length
    await vi.waitFor(async () => expect((await box.ok(['logs', id])).split('\n').length).toBeGreaterThan(before))
    expect(await box.ok(['exec', 'kind', 'echo', 'inside'])).toBe('inside')
    await box.ok(['rm', '-f', '-t', '0', 'kind'])
  })

  // criu opens its first image now before, now after the ids are mapped.
  test('in a user namespace it goes on each time, and nobody else gets at the images', async () => {
    const id = await started('mapped', ['--uidmap', '0:100000:65536'])
    for (let round = 0; round < 12; round++) {
      await checkpoint('mapped')
      await box.ok(['container', 'restore', '--keep', 'mapped'])
    }
    const { uid, gid, mode } = statSync(join(box.root, 'containers', id, 'criu', 'checkpoint'))
    expect([uid, gid, mode & 0o777]).toEqual([0, 100_000, 0o710])
    await box.ok(['rm', '-f', '-t', '0', 'mapped'])
  })

  test('an end after a restore is seen, with its code, and by a restart policy', async () => {
    const script = 'while [ ! -e /go ]; do sleep 0.1; done; exit 7'
    await started('ends', [], script)
    await started('again', ['--restart', 'on-failure:1'], script)
    await checkpoint('ends', 'again')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await state('again')).toMatchObject({ Status: 'exited', Checkpointed: true })
    await restore('ends', 'again')
    const waiting = box.ok(['wait', 'ends', 'again'])
    for (const name of ['ends', 'again']) await box.ok(['exec', name, 'touch', '/go'])
    expect((await waiting).split('\n')).toEqual(['7', '7'])
    await vi.waitFor(async () => expect((await box.inspect('again'))['RestartCount']).toBe(1), { timeout: 10_000 })
    await box.ok(['rm', '-f', '-t', '0', 'ends', 'again'])
  })

  test('attach reaches a restored container', async () => {
    await started('talks', ['-i'], 'while read line; do echo "got $line"; done')
    await checkpoint('talks')
    await restore('talks')
    const { stdout } = await box.try(['attach', 'talks'], { stdin: 'hello\n' })
    expect(stdout).toBe('got hello\n')
  })

  test('--leave-running, --keep and --print-stats', async () => {
    const id = await started('left')
    const statistics = JSON.parse(await checkpoint('--leave-running', '--print-stats', 'left')) as {
      podman_checkpoint_duration: number
      container_statistics: { Id: string; runtime_checkpoint_duration: number; criu_statistics: object }[]
    }
    expect(statistics.podman_checkpoint_duration).toBeGreaterThan(0)
    const [one] = statistics.container_statistics
    expect(one).toMatchObject({ Id: id, criu_statistics: { pages_written: expect.any(Number) as number } })
    expect(await state('left')).toMatchObject({ Status: 'running' })
    expect((await state('left'))['Checkpointed']).toBeUndefined()
    expect(files(id)).toEqual(['checkpoint', 'network.status'])
    await countsBeyond('left', await count('left'))
    await checkpoint('--keep', 'left')
    expect(files(id)).toEqual(['checkpoint', 'dump.log', 'network.status', 'stats-dump'])
    const folder = join(box.root, 'containers', id, 'criu')
    expect(await state('left')).toMatchObject({
      CheckpointLog: join(folder, 'dump.log'),
      CheckpointPath: join(folder, 'checkpoint'),
    })
    expect(JSON.parse(await restore('--keep', '--print-stats', 'left'))).toMatchObject({
      container_statistics: [{ Id: id, criu_statistics: { pages_restored: expect.any(Number) as number } }],
    })
    expect(await state('left')).toMatchObject({ RestoreLog: join(folder, 'restore.log') })
    await box.ok(['stop', '-t', '0', 'left'])
    await restore('left')
    expect(files(id)).toEqual([])
    await box.ok(['rm', '-f', '-t', '0', 'left'])
  })

  test('--all and --latest print ids', async () => {
    await box.ok(['rm', '-fa', '-t', '0'])
    const ids = [await started('one'), await started('two')].sort()
    await box.ok(['create', '--name', 'never', '--network', 'none', busybox, 'true'])
    expect((await checkpoint('--all')).split('\n').sort()).toEqual(ids)
    expect((await restore('--all')).split('\n').sort()).toEqual(ids)
    await box.ok(['rm', 'never'])
    const latest = await started('three')
    expect(await checkpoint('--latest')).toBe(latest)
    expect(await restore('-l')).toBe(latest)
    await box.ok(['rm', '-fa', '-t', '0'])
  })

  test('what cannot be checkpointed or restored is refused, and goes on', async () => {
    await started('plain')
    await box.ok(['create', '--name', 'idle', '--network', 'none', busybox, 'true'])
    await box.ok(['run', '-d', '--rm', '--name', 'temporary', '--network', 'none', busybox, 'sleep', '100'])
    await started('locks', ['-v', `${locker(box.folder)}:/locker`], 'exec /locker /lock')
    await vi.waitFor(async () => expect(await box.ok(['logs', 'locks'])).toBe('held'))
    const said = async (...words: string[]) => {
      const { code, stderr } = await box.try(['container', ...words])
      return `${code} ${stderr}`
    }
    expect(await said('checkpoint', 'idle')).toContain('125 Error: "created" is not running, cannot checkpoint')
    expect(await said('checkpoint', 'temporary')).toContain("started with '--rm' unless '--export' is used")
    expect(await said('checkpoint', 'locks')).toMatch(
      /^125 Error: criu cannot checkpoint container 'locks': .*--file-locks/,
    )
    expect(await state('locks')).toMatchObject({ Status: 'running' })
    expect(await said('restore', 'plain')).toMatch(/^125 .*is running or paused, cannot restore/)
    expect(await said('restore', 'idle')).toMatch(/^125 .*complete checkpoint .* cannot be found/)
    expect(await said('checkpoint')).toContain('you must provide at least one name or id')
    await checkpoint('--file-locks', 'locks')
    await restore('--file-locks', 'locks')
    expect(await said('checkpoint', 'plain', 'nobody')).toContain('no container with name or ID "nobody"')
    await checkpoint('plain')
    await box.ok(['rm', 'plain'])
    await box.ok(['rm', '-fa', '-t', '0'])
  })

  test('a checkpointed container can be started anew', async () => {
    await started('anew')
    await countsBeyond('anew', 10)
    await checkpoint('anew')
    await box.ok(['start', 'anew'])
    expect((await state('anew'))['Checkpointed']).toBeUndefined()
    await vi.waitFor(async () => expect((await box.ok(['logs', 'anew'])).match(/^1$/gm)?.length).toBe(2))
    await box.ok(['rm', '-f', '-t', '0', 'anew'])
  })
})

describe('without a criu that serves', () => {
  let box: Box
  beforeAll(async () => {
    box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(['run', '-d', '--name', 'c', '--network', 'none', busybox, 'sleep', '100'])
  })
  afterAll(async () => box[Symbol.asyncDispose]())

  /** All that the machine has, but criu. */
  const withoutCriu = () => {
    const folder = join(box.folder, 'programs')
    mkdirSync(folder)
    for (const place of ['/usr/bin', '/usr/sbin', '/usr/local/bin']) {
      for (const name of readdirSync(place)) {
        if (name !== 'criu' && !existsSync(join(folder, name))) symlinkSync(join(place, name), join(folder, name))
      }
    }
    return folder
  }
  const fake = (name: string, script: string) => {
    const folder = join(box.folder, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'criu'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return folder
  }
  const said = async (PATH: string) => {
    const { code, stderr } = await box.try(['container', 'checkpoint', 'c'], { env: { PATH } })
    expect(code).toBe(125)
    return stderr
  }
  const usual = process.env['PATH'] ?? ''

  test('it is told what is missing, and how to get it', async () => {
    const absent = await said(withoutCriu())
    expect(absent).toMatch(
      /^Error: checkpoint and restore need the program criu, which is not on PATH\nInstall it: apt/,
    )
    const old = await said(`${fake('old', 'echo Version: 3.5')}:${usual}`)
    expect(old).toMatch(/^Error: checkpoint and restore need criu 3.11 or later, this is 3.5\nInstall it: apt/)
    const unfit = await said(`${fake('unfit', 'echo Version: 4.1; exit 1')}:${usual}`)
    expect(unfit).toMatch(/^Error: .*criu/)
    expect((await box.inspect('c')).State).toMatchObject({ Status: 'running' })
  })
})

test('an ordinary user is told that it takes root', async () => {
  await using box = openBox({ user: testUser() })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['create', '--name', 'c', busybox, 'true'])
  const { code, stderr } = await box.try(['container', 'checkpoint', 'c'])
  expect([code, stderr]).toEqual([125, 'Error: checkpointing a container requires root\n'])
  expect((await box.try(['container', 'restore', 'c'])).stderr).toBe('Error: restoring a container requires root\n')
})
