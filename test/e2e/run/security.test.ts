// Privileges and limits, seen from inside.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers')

/** Bit numbers of capabilities(7). */
const bits = { CHOWN: 0, NET_RAW: 13, SYS_ADMIN: 21, MKNOD: 27 } as const
const statusOf = (field: string) => `grep ^${field}: /proc/self/status | cut -f2`

async function capabilities(flags: readonly string[], field = 'CapEff'): Promise<(name: keyof typeof bits) => boolean> {
  const mask = BigInt(`0x${await world.out(flags, statusOf(field))}`)
  return (name) => ((mask >> BigInt(bits[name])) & 1n) === 1n
}

describe('capabilities', () => {
  realTest('the usual ones', async () => {
    const has = await capabilities([])
    expect([has('CHOWN'), has('SYS_ADMIN'), has('MKNOD')]).toEqual([true, false, false])
  })

  realTest('--cap-add and --cap-drop', async () => {
    const more = await capabilities(['--cap-add', 'SYS_ADMIN,CAP_MKNOD', '--cap-drop', 'chown'])
    expect([more('SYS_ADMIN'), more('MKNOD'), more('CHOWN')]).toEqual([true, true, false])
    expect(await world.out(['--cap-drop', 'ALL'], statusOf('CapEff'))).toMatch(/^0+$/)
    const one = await capabilities(['--cap-drop', 'all', '--cap-add', 'NET_RAW'])
    expect([one('NET_RAW'), one('CHOWN')]).toEqual([true, false])
    expect(await world.out(['--cap-drop', 'ALL'], 'chown 1 /tmp 2>/dev/null || echo refused')).toBe('refused')
  })

  realTest('another user has none, but what was added', async () => {
    expect(await world.out(['--user', '1000'], statusOf('CapEff'))).toMatch(/^0+$/)
    const has = await capabilities(['--user', '1000', '--cap-add', 'SYS_ADMIN'])
    expect([has('SYS_ADMIN'), has('CHOWN')]).toEqual([true, false])
  })

  realTest('an unknown one', async () => {
    const { code, stderr } = await world.sh(['--cap-add', 'BOGUS'], 'true')
    expect(stderr).toContain('BOGUS')
    expect(code).toBe(125)
  })
})

describe('--privileged', () => {
  realTest('all capabilities, all devices, writable kernel interfaces, no seccomp', async () => {
    const has = await capabilities(['--privileged'])
    expect([has('SYS_ADMIN'), has('MKNOD')]).toEqual([true, true])
    expect(await world.out(['--privileged'], statusOf('Seccomp'))).toBe('0')
    expect(await world.out(['--privileged'], 'mkdir /m; mount -t tmpfs none /m && echo mounted')).toBe('mounted')
    expect(await world.out(['--privileged'], 'ls -l /dev/kmsg | cut -c1')).toBe('c')
    expect(
      await world.out(
        ['--privileged'],
        'touch /sys/kernel/mm 2>/dev/null; test -w /proc/sys/kernel/domainname && echo w',
      ),
    ).toBe('w')
  })

  realTest('not without it', async () => {
    expect(await world.out([], statusOf('Seccomp'))).toBe('2')
    expect(await world.out([], 'mkdir /m; mount -t tmpfs none /m 2>/dev/null || echo refused')).toBe('refused')
    expect(await world.out([], 'echo x 2>/dev/null >/proc/sys/kernel/domainname || echo refused')).toBe('refused')
    expect(await world.out([], 'ls /proc/acpi /sys/firmware | grep -v -e : -e ^$ | wc -l')).toBe('0')
  })
})

describe('--seccomp-policy', () => {
  async function imageWith(name: string, profile: string): Promise<string> {
    await world.box.ok(['create', '--name', name, '--network', 'none', busyboxName])
    await world.box.ok(['commit', '-q', '--change', `LABEL io.containers.seccomp.profile=${profile}`, name, name])
    await world.box.ok(['rm', name])
    return `localhost/${name}`
  }
  const script = 'grep ^Seccomp: /proc/self/status; mkdir /m 2>/dev/null || echo refused'
  const run = (flags: readonly string[], image: string) =>
    world.box.try(['run', '--rm', '--network', 'none', ...flags, image, 'sh', '-c', script])

  realTest('image: the profile in its label, also for a privileged container', async () => {
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }
    const image = await imageWith('labelled', JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }))
    const refused = 'Seccomp:\t2\nrefused\n'
    expect((await run(['--seccomp-policy', 'image'], image)).stdout).toBe(refused)
    expect((await run(['--seccomp-policy', 'image', '--privileged'], image)).stdout).toBe(refused)
    const unconfined = ['--security-opt', 'seccomp=unconfined']
    expect((await run(['--seccomp-policy', 'image', ...unconfined], image)).stdout).toBe(refused)
    expect((await run(['--seccomp-policy', 'default'], image)).stdout).toBe('Seccomp:\t2\n')
    expect((await run(['--seccomp-policy', ''], image)).stdout).toBe('Seccomp:\t2\n')
  })

  realTest('refused where there is none, or one that is none', async () => {
    const image = await imageWith('bogus', 'BOGUS')
    for (const [flags, from, reason] of [
      [['--seccomp-policy', 'image'], busyboxName, 'no seccomp policy defined by image'],
      [['--seccomp-policy', 'image'], image, 'io.containers.seccomp.profile'],
      [['--seccomp-policy', 'mine'], busyboxName, 'invalid seccomp policy "mine"'],
    ] as const) {
      const { code, stderr } = await run(flags, from)
      expect([code, stderr]).toEqual([125, expect.stringContaining(reason)])
    }
    expect(await world.box.ok(['ps', '-aq'])).toBe('')
  })
})

describe('--security-opt', () => {
  realTest('seccomp', async () => {
    expect(await world.out(['--security-opt', 'seccomp=unconfined'], statusOf('Seccomp'))).toBe('0')
    const profile = join(world.box.folder, 'profile.json')
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }
    writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }))
    const script = 'mkdir /m 2>/dev/null || echo refused'
    expect(await world.out(['--security-opt', `seccomp=${profile}`], script)).toBe('refused')
  })

  realTest('no-new-privileges', async () => {
    expect(await world.out(['--security-opt', 'no-new-privileges'], statusOf('NoNewPrivs'))).toBe('1')
    expect(await world.out([], statusOf('NoNewPrivs'))).toBe('0')
  })

  realTest('mask, unmask, proc-opts', async () => {
    expect(await world.out(['--security-opt', 'mask=/proc/cpuinfo'], 'cat /proc/cpuinfo | wc -c')).toBe('0')
    const timers = 'cat /proc/timer_list 2>/dev/null | wc -c'
    expect(await world.out([], timers)).toBe('0')
    expect(await world.out(['--security-opt', 'unmask=ALL'], `mount | grep -c ' /proc/' ; true`)).toBe('0')
    const options = `grep ' /proc ' /proc/mounts | cut -d' ' -f4`
    expect(await world.out(['--security-opt', 'proc-opts=nosuid,nodev,noexec,hidepid=2'], options)).toMatch(/hidepid/)
  })
})

describe('limits', () => {
  realTest('--ulimit', async () => {
    const flags = ['--ulimit', 'nofile=100:200', '--ulimit', 'core=0', '--ulimit', 'nproc=77']
    expect(
      await world.out(
        flags,
        `ulimit -Sn; ulimit -Hn; ulimit -c; grep processes /proc/self/limits | tr -s ' ' | cut -d' ' -f3`,
      ),
    ).toBe('100\n200\n0\n77')
  })

  realTest('--sysctl', async () => {
    const flags = ['--sysctl', 'net.ipv4.ip_forward=1', '--sysctl', 'kernel.msgmax=12345']
    expect(await world.out(flags, 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax')).toBe('1\n12345')
  })

  realTest('--sysctl of a namespace that is not its own', async () => {
    const { code, stderr } = await world.sh(['--ipc', 'host', '--sysctl', 'kernel.msgmax=12345'], 'true')
    expect(stderr).toContain('kernel.msgmax')
    expect(code).toBe(125)
  })

  const file = (v1: string, v2: string) => (isUnified ? `cat /sys/fs/cgroup/${v2}` : `cat /sys/fs/cgroup/${v1}`)

  realTest('--memory: set, and enforced', { timeout: 240_000 }, async () => {
    const limit = file('memory/memory.limit_in_bytes', 'memory.max')
    expect(await world.out(['--memory', '64m'], limit)).toBe(String(64 << 20))
    await world.box.try(['rm', '-f', 'greedy'])
    const words = [
      'run',
      '--name',
      'greedy',
      '--network',
      'none',
      '-m',
      '32m',
      'localhost/busybox',
      'sh',
      '-c',
      'exec tail /dev/zero',
    ]
    expect((await world.box.try(words)).code).toBe(137)
    expect((await world.box.inspect('greedy')).State).toMatchObject({ OOMKilled: true, ExitCode: 137 })
    await world.box.ok(['rm', 'greedy'])
  })

  realTest('--cpus', async () => {
    if (isUnified) expect(await world.out(['--cpus', '0.5'], 'cat /sys/fs/cgroup/cpu.max')).toBe('50000 100000')
    else expect(await world.out(['--cpus', '0.5'], 'cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us')).toBe('50000')
  })

  realTest('--pids-limit: set, and enforced', async () => {
    expect(await world.out(['--pids-limit', '33'], file('pids/pids.max', 'pids.max'))).toBe('33')
    const { stderr } = await world.sh(['--pids-limit', '5'], 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait')
    expect(stderr).toMatch(/can't fork/)
    expect(await world.out(['--pids-limit', '0'], file('pids/pids.max', 'pids.max'))).toBe('max')
  })

  realTest('--oom-score-adj', async () => {
    expect(await world.out(['--oom-score-adj', '321'], 'cat /proc/self/oom_score_adj')).toBe('321')
  })

  realTest('a container has no file descriptor of ours', async () => {
    const words = ['run', '--rm', '--network', 'none', 'localhost/busybox', 'ls', '/proc/self/fd']
    // 3 is the folder that ls reads.
    expect(await world.box.ok(words)).toBe('0\n1\n2\n3')
  })
})
