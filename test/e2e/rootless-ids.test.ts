// An ordinary user's containers: who is who inside and outside, and what of a root file system and of the host's namespaces works without
// privilege.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'
import { type TestUser, testUser } from '../support/user.ts'

const test = requires('root', 'runc')
let user: TestUser
let work: string

beforeAll(() => {
  if (process.getuid?.() !== 0) return
  user = testUser('gantry-rootless')
  work = mkdtempSync(join(tmpdir(), 'gantry-ids-'))
  chmodSync(work, 0o755)
})

afterAll(() => rmSync(work, { recursive: true }))

async function openLoadedBox(): Promise<Box> {
  const box = openBox({ user })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  return box
}

/** The words of `id -u` and of the rows of uid_map, for `run` with these flags. */
async function idsInside(box: Box, flags: readonly string[]): Promise<{ uid: number; map: number[][] }> {
  const out = await box.ok(['run', '--rm', ...flags, busybox, 'sh', '-c', 'id -u; cat /proc/self/uid_map'])
  const [uid = '', ...rows] = out.split('\n')
  return { uid: Number(uid), map: rows.map((row) => row.trim().split(/\s+/).map(Number)) }
}

describe('--userns', () => {
  test('maps ids as podman does', async () => {
    await using box = await openLoadedBox()
    const { uid } = user
    // uid_map is read inside of the container's own namespace, so "outside" is the launcher's: 0 is the user, 1… the subordinate ids.
    const host = await idsInside(box, [])
    expect(host).toEqual({ uid: 0, map: [[0, uid, 1], expect.arrayContaining([1, 65536])] })
    expect(await idsInside(box, ['--userns', 'host'])).toEqual(host)
    const kept = await idsInside(box, ['--userns', 'keep-id'])
    expect(kept).toMatchObject({
      uid,
      map: [
        [0, 1, uid],
        [uid, 0, 1],
        [uid + 1, uid + 1, 65536 - uid],
      ],
    })
    const five = await idsInside(box, ['--userns', 'keep-id:uid=5,gid=6'])
    expect(five).toMatchObject({
      uid: 5,
      map: [
        [0, 1, 5],
        [5, 0, 1],
        [6, 6, 65531],
      ],
    })
    expect(await idsInside(box, ['--userns', 'nomap'])).toEqual({ uid: 0, map: [[0, 1, 65536]] })
    expect(await idsInside(box, ['--userns', 'keep-id', '--user', 'root'])).toMatchObject({ uid: 0 })
  })

  test('keep-id is at home where a mount brings the home along; a score that may not be lowered is told of', async () => {
    await using box = await openLoadedBox()
    const told = async (...flags: string[]) =>
      box.try(['run', '--rm', '--userns', 'keep-id', ...flags, busybox, 'sh', '-c', 'echo $(pwd) $HOME ~'])
    expect((await told('-w', '/tmp')).stdout).toBe('/tmp /tmp /tmp\n')
    expect((await told('-w', '/tmp', '-v', `${user.home}x`)).stdout).toBe('/tmp /tmp /tmp\n')
    const there = `/tmp ${user.home} ${user.home}\n`
    expect(await told('-w', '/tmp', '-v', user.home)).toMatchObject({ stdout: there, stderr: '' })
    const { stderr } = await told('--oom-score-adj', '-1000')
    expect(stderr).toMatch(/^WARN: Requested oom_score_adj=-1000 is lower than the current one, changing to \d+\n$/)
  })

  test('--uidmap and --gidmap may reach from the user to the subordinate ids', async () => {
    await using box = await openLoadedBox()
    const both = [
      [0, 0, 1],
      [1, 1, 999],
    ]
    const flags = ['--uidmap', '0:0:1000', '--gidmap', '0:1:1000']
    expect(await idsInside(box, flags)).toEqual({ uid: 0, map: both })
    expect(await idsInside(box, ['--uidmap', '0:1:1000', '--gidmap', '0:0:1000'])).toMatchObject({
      map: [[0, 1, 1000]],
    })
  })

  test('joins another container’s by container: and ns:', async () => {
    await using box = await openLoadedBox()
    await box.ok(['run', '-d', '--name', 'other', '--userns', 'keep-id', busybox, 'sleep', '1000'])
    const { State } = await box.inspect('other')
    const other = await box.ok(['exec', 'other', 'readlink', '/proc/self/ns/user'])
    for (const mode of ['container:other', `ns:/proc/${String(State['Pid'])}/ns/user`]) {
      expect(await box.ok(['run', '--rm', '--userns', mode, busybox, 'readlink', '/proc/self/ns/user'])).toBe(other)
    }
  })

  test('--cgroupns container:NAME, of one in the host’s and of one with a namespace of its own', async () => {
    await using box = await openLoadedBox()
    for (const mode of ['host', 'private']) {
      await box.ok(['run', '-d', '--name', mode, '--cgroupns', mode, busybox, 'sleep', '1000'])
      const words = ['--cgroupns', `container:${mode}`, busybox, 'readlink', '/proc/self/ns/cgroup']
      expect(await box.ok(['run', '--rm', ...words])).toBe(await box.ok(['exec', mode, ...words.slice(-2)]))
    }
    const { code, stderr } = await box.try([
      'create',
      '--userns',
      'keep-id',
      '--cgroupns',
      'container:private',
      busybox,
    ])
    expect([code, stderr]).toEqual([125, expect.stringContaining('it belongs to another user namespace')])
  })

  test('that is not there is refused by name', async () => {
    await using box = await openLoadedBox()
    for (const mode of ['private', 'pod', 'keep-id:gids=3', 'auto:size=0', 'nonsense']) {
      expect((await box.try(['run', '--rm', '--userns', mode, busybox, 'true'])).code, mode).toBe(125)
    }
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })
})

describe('a bind mount', () => {
  interface Case {
    readonly flags: readonly string[]
    readonly inside: string
    readonly outside: number | 'subordinate'
  }
  const cases: readonly Case[] = [
    { flags: [], inside: '0:0', outside: 0 },
    { flags: ['--userns', 'keep-id'], inside: 'kept', outside: 0 },
    { flags: ['--userns', 'keep-id:uid=1000,gid=1000'], inside: '1000:1000', outside: 0 },
    { flags: ['--user', '1000:1000'], inside: '1000:1000', outside: 'subordinate' },
  ]

  test.each(cases)('with $flags gives files an owner on both sides', async ({ flags, inside, outside }) => {
    await using box = await openLoadedBox()
    const folder = join(box.folder, 'shared')
    mkdirSync(folder)
    chownSync(folder, user.uid, user.uid)
    if (outside === 'subordinate') chmodSync(folder, 0o777)
    const script = 'echo hi > /v/file && stat -c %u:%g /v/file'
    const seen = await box.ok(['run', '--rm', '-v', `${folder}:/v`, ...flags, busybox, 'sh', '-c', script])
    expect(seen).toBe(inside === 'kept' ? `${user.uid}:${user.uid}` : inside)
    const owner = statSync(join(folder, 'file')).uid
    if (outside === 'subordinate') expect(owner).toBeGreaterThan(65536)
    else expect(owner).toBe(user.uid)
  })

  test('of what the container may not write is refused by the kernel', async () => {
    await using box = await openLoadedBox()
    const { code, stdout } = await box.try([
      'run',
      '--rm',
      '-v',
      '/etc:/v',
      busybox,
      'sh',
      '-c',
      'cat /v/shadow; touch /v/x',
    ])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })
})

/** A static program that says who it is by its effective ids and capabilities. */
const whoami = `
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  printf("%d", geteuid());
  while (fgets(line, sizeof line, status)) if (strncmp(line, "CapEff:", 7) == 0) printf(" %s", line + 8);
  return 0;
}`

/** An image's tree with device nodes, a setuid program and one with a file capability, as a tar. */
function specialTree(): string {
  const tree = join(work, 'tree')
  const archive = join(work, 'tree.tar')
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp', 'run'])
    mkdirSync(join(tree, folder), { recursive: true })
  execFileSync('cc', ['-static', '-Os', '-x', 'c', '-o', join(tree, 'bin/plain'), '-'], { input: whoami })
  for (const name of ['setuid', 'capable']) copyFileSync(join(tree, 'bin/plain'), join(tree, 'bin', name))
  chmodSync(join(tree, 'bin/setuid'), 0o4755)
  execFileSync('setcap', ['cap_net_bind_service=ep', join(tree, 'bin/capable')])
  copyFileSync('/bin/busybox', join(tree, 'bin/busybox'))
  execFileSync('mknod', [join(tree, 'disk'), 'b', '7', '0'])
  execFileSync('mknod', [join(tree, 'bin/zero'), 'c', '1', '5'])
  execFileSync('mkfifo', [join(tree, 'pipe')])
  execFileSync('tar', ['--xattrs', '--xattrs-include=*', '--numeric-owner', '-C', tree, '-cf', archive, '.'])
  return archive
}

describe('an image', () => {
  test('keeps setuid bits and file capabilities, and loses its device nodes', async () => {
    await using box = openBox({ user })
    const { stderr } = await box.try(['--log-level', 'debug', 'import', specialTree(), 'localhost/special'])
    expect(stderr.match(/device node left out/g)).toHaveLength(2)
    expect(stderr).toContain('zero')
    const run = async (...words: string[]) => box.ok(['run', '--rm', ...words])
    expect(
      await run('localhost/special', '/bin/busybox', 'ls', '/disk', '/bin/zero', '/pipe').catch(() => 'left out'),
    ).toBe('left out')
    for (const userns of [[], ['--userns', 'keep-id']]) {
      const flags = ['--user', '1000', ...userns, 'localhost/special']
      expect(await run(...flags, '/bin/plain')).toBe('1000 0000000000000000')
      expect(await run(...flags, '/bin/setuid')).toMatch(/^0 (?!0{16})/)
      expect(await run(...flags, '/bin/capable')).toBe('1000 0000000000000400')
      expect(await run('--security-opt', 'no-new-privileges', ...flags, '/bin/setuid')).toBe('1000 0000000000000000')
    }
  })
})

describe('namespaces and mounts', () => {
  test('/proc and /sys are there, masked, and not to be written', async () => {
    await using box = await openLoadedBox()
    const script = [
      'ls /proc/acpi 2>/dev/null | wc -l; cat /proc/timer_list 2>/dev/null | wc -c',
      'echo 1 > /proc/sys/kernel/panic; echo 1 > /proc/sysrq-trigger; mkdir /sys/x',
    ].join('; ')
    const { code, stdout, stderr } = await box.try(['run', '--rm', busybox, 'sh', '-c', `${script}; true`])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '0\n0\n' })
    expect(
      stderr.match(/Read-only file system|Permission denied|can't create|can't create directory/g)?.length,
    ).toBeGreaterThanOrEqual(3)
  })

  test.each([
    ['none', 'lo'],
    ['private', 'lo'],
  ])('--network %s has a loopback of its own', async (mode, names) => {
    await using box = await openLoadedBox()
    expect(await box.ok(['run', '--rm', '--network', mode, busybox, 'ls', '/sys/class/net'])).toBe(names)
  })

  test('--network host is the host’s', async () => {
    await using box = await openLoadedBox()
    const here = readdirSync('/sys/class/net').sort().join('\n')
    expect(await box.ok(['run', '--rm', '--network', 'host', busybox, 'ls', '/sys/class/net'])).toBe(here)
  })

  test('--pid, --ipc and --uts host are the host’s', async () => {
    await using box = await openLoadedBox()
    const script = 'for name in pid ipc uts; do readlink /proc/self/ns/$name; done; ls -d /proc/1; hostname'
    const flags = ['--pid', 'host', '--ipc', 'host', '--uts', 'host']
    const out = await box.ok(['run', '--rm', ...flags, busybox, 'sh', '-c', script])
    const here = ['pid', 'ipc', 'uts'].map((name) =>
      execFileSync('readlink', [`/proc/self/ns/${name}`], { encoding: 'utf8' }),
    )
    expect(out).toBe(`${here.join('')}/proc/1\n${execFileSync('hostname', { encoding: 'utf8' }).trim()}`)
  })

  test('--pid host: what outlives the first process is ended with it', async () => {
    await using box = await openLoadedBox()
    const script = 'sleep 4321 >/dev/null 2>&1 & echo started'
    expect(await box.ok(['run', '--name', 'first', '--pid', 'host', busybox, 'sh', '-c', script])).toBe('started')
    expect(spawnSync('pgrep', ['-U', String(user.uid), '-f', 'sleep 4321'], { encoding: 'utf8' }).stdout).toBe('')
    await box.ok(['rm', 'first'])
  })

  test('--privileged has all capabilities of the user namespace, and the devices that the user may open', async () => {
    await using box = await openLoadedBox()
    const script = 'grep CapEff /proc/self/status; mount -t tmpfs tmpfs /mnt && echo mounted; ls /dev/null'
    const out = await box.ok(['run', '--rm', '--privileged', busybox, 'sh', '-c', `mkdir -p /mnt; ${script}`])
    expect(out).toMatch(/^CapEff:\t[0-9a-f]*[1-9a-f]f{8}\nmounted\n\/dev\/null$/)
  })

  test('a device of the host’s is bound', async () => {
    await using box = await openLoadedBox()
    const out = await box.ok([
      'run',
      '--rm',
      '--device',
      '/dev/zero:/dev/mine',
      busybox,
      'stat',
      '-c',
      '%F %t:%T',
      '/dev/mine',
    ])
    expect(out).toBe('character special file 1:5')
  })
})
