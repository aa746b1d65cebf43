// update: what it changes of a running container, at once and after a restart; and that a failed or killed one leaves nothing half.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { isUnifiedCgroup } from '../../src/os/cgroup.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const root = '/sys/fs/cgroup'
const gib = 1024 ** 3
const isUnified = isUnifiedCgroup()
const file = (v1: string, v2: string) => `${root}/${isUnified ? v2 : v1}`
const files = {
  memory: file('memory/memory.limit_in_bytes', 'memory.max'),
  swap: file('memory/memory.memsw.limit_in_bytes', 'memory.swap.max'),
  cpu: file('cpu/cpu.cfs_quota_us', 'cpu.max'),
  shares: file('cpu/cpu.shares', 'cpu.weight'),
  cpus: file('cpuset/cpuset.cpus', 'cpuset.cpus'),
  pids: file('pids/pids.max', 'pids.max'),
}

async function running(name: string, flags: readonly string[] = [], command = ['sleep', '1000']): Promise<string> {
  await world.box.ok(['rm', '-f', '-i', '-t', '0', name])
  return world.box.ok(['run', '-d', '--name', name, '--network', 'none', ...flags, busyboxName, ...command])
}

async function limits(name: string): Promise<string[]> {
  return (await world.box.ok(['exec', name, 'cat', ...Object.values(files)])).split('\n')
}

realTest('limits change at once, hold after a restart, and show in inspect', async () => {
  const { box } = world
  const id = await running('c', ['--pids-limit', '1000', '--cpu-shares', '100'])
  const flags = ['--memory', '1G', '--memory-swap', '3G', '--cpus', '5', '--cpuset-cpus', '0', '--pids-limit', '-1']
  expect(await box.ok(['update', ...flags, 'c'])).toBe(id)
  const wanted = isUnified
    ? [String(gib), String(2 * gib), '500000 100000', '4', '0', 'max']
    : [String(gib), String(3 * gib), '500000', '100', '0', 'max']
  expect(await limits('c')).toEqual(wanted)
  await box.ok(['restart', '-t', '0', 'c'])
  expect(await limits('c')).toEqual(wanted)
  expect((await box.inspect('c'))['HostConfig']).toMatchObject({
    Memory: gib,
    MemorySwap: 3 * gib,
    NanoCpus: 5e9,
    CpuQuota: 500_000,
    CpusetCpus: '0',
    CpuShares: 100,
    PidsLimit: 0,
  })
  // The swap that goes with a memory limit follows it; the rest stays.
  await box.ok(['update', '--memory', '512m', '--cpu-quota', '50000', 'c'])
  const after = isUnified
    ? [String(gib / 2), String(gib / 2), '50000 100000', '4', '0', 'max']
    : [String(gib / 2), String(gib), '50000', '100', '0', 'max']
  expect(await limits('c')).toEqual(after)
  const events = await box.ok([
    'events',
    '--stream=false',
    '--filter',
    'event=update',
    '--format',
    '{{.Name}} {{.Status}}',
  ])
  expect(events).toBe('c update\nc update')
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})

realTest('what runc leaves out is written by hand', async () => {
  const { box } = world
  const [disk = ''] = readdirSync('/sys/class/block').filter((name) => /^(?:vd|sd|nvme|xvd|loop)\w*$/.test(name))
  const numbers = readFileSync(`/sys/class/block/${disk}/dev`, 'utf8').trim()
  await running('c')
  const swappiness = isUnified ? [] : ['--memory-swappiness', '9']
  await box.ok([
    'update',
    `--device-read-bps=/dev/${disk}:10mb`,
    `--device-write-iops=/dev/${disk}:40`,
    ...swappiness,
    'c',
  ])
  const read = async (path: string) => box.ok(['exec', 'c', 'cat', `${root}/${path}`])
  if (isUnified) expect(await read('io.max')).toBe(`${numbers} rbps=10485760 wbps=max riops=max wiops=40`)
  else {
    expect(await read('blkio/blkio.throttle.read_bps_device')).toBe(`${numbers} 10485760`)
    expect(await read('blkio/blkio.throttle.write_iops_device')).toBe(`${numbers} 40`)
    expect(await read('memory/memory.swappiness')).toBe('9')
  }
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})

realTest('one that is refused or fails leaves the container as it was', async () => {
  const { box } = world
  await running(
    'c',
    ['--memory', '64m'],
    ['sh', '-c', 'dd if=/dev/zero of=/dev/shm/held bs=1M count=40; touch /held; exec sleep 1000'],
  )
  await box.ok(['exec', 'c', 'sh', '-c', 'until test -e /held; do sleep 0.1; done'])
  const before = await limits('c')
  const refused = async (...flags: string[]) => (await box.try(['update', ...flags, 'c'])).stderr
  expect(await refused('--memory-swap', '32m')).toContain('minimum memoryswap limit should be larger than memory limit')
  expect(await refused('--cpuset-cpus', '4000')).toContain('requested CPUs are not available')
  expect(await refused('--health-retries', '2')).toContain('healthcheck command is not set')
  expect(await refused('--restart', 'sometimes')).toContain('"sometimes" is not a valid restart policy')
  expect((await box.try(['update', '--memory', '1g', 'nobody'])).stderr).toContain('no such container')
  // v1 refuses a limit below what is in use; v2 would kill.
  if (!isUnified) expect(await refused('--cpus', '1', '--memory', '16m')).toContain('unable to set memory limit')
  expect(await limits('c')).toEqual(before)
  expect((await box.inspect('c'))['HostConfig']).toMatchObject({ Memory: 64 << 20, CpusetCpus: '', CpuQuota: 0 })
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})

realTest('a container that does not run gets it at its start', async () => {
  const { box } = world
  await box.ok(['create', '--name', 'c', '--network', 'none', busyboxName, 'cat', files.memory])
  await box.ok(['update', '--memory', '96m', 'c'])
  expect(await box.ok(['start', '-a', 'c'])).toBe(String(96 << 20))
  await box.ok(['rm', 'c'])
})

realTest('--restart: the policy from now on', async () => {
  const { box } = world
  const policy = async () => box.ok(['inspect', '--format', '{{.HostConfig.RestartPolicy}}', 'c'])
  await running('c', [], ['sh', '-c', 'until test -e /go; do sleep 0.1; done'])
  expect(await policy()).toContain('no')
  await box.ok(['update', '--restart', 'on-failure:4', 'c'])
  expect(await policy()).toBe('{on-failure 4}')
  await box.ok(['update', '--restart', 'always', 'c'])
  await box.ok(['exec', 'c', 'touch', '/go'])
  await expect
    .poll(async () => box.ok(['inspect', '--format', '{{.RestartCount}}', 'c']), { timeout: 20_000 })
    .not.toBe('0')
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})

realTest('rm --force takes a container that its policy starts again and again', async () => {
  const { box } = world
  for (let round = 0; round < 8; round++) {
    await running('again', ['--restart', 'always'], ['true'])
    await delay(60 * round)
    const { code, stderr } = await box.try(['rm', '-f', '-t', '0', 'again'], { isChecked: false })
    expect([code, stderr]).toEqual([0, ''])
  }
  expect(await box.findings()).toEqual([])
})

realTest('--env and --unsetenv: exec sessions at once, the program after a restart', async () => {
  const { box } = world
  await running('c', ['-e', 'A=1', '-e', 'B=2'], ['sh', '-c', 'echo "[$A$B$C]"; exec sleep 1000'])
  await box.ok(['update', '-e', 'C=3', '--unsetenv', 'A', 'c'])
  const seen = async () => box.ok(['exec', 'c', 'sh', '-c', 'echo "[$A$B$C]"'])
  expect(await seen()).toBe('[23]')
  await box.ok(['update', '-e', 'A=4', 'c'])
  expect(await seen()).toBe('[423]')
  expect(await box.ok(['inspect', '--format', '{{join .Config.Env " "}}', 'c'])).toMatch(/A=4/)
  await box.ok(['restart', '-t', '0', 'c'])
  await expect.poll(async () => box.ok(['logs', 'c']), { timeout: 20_000 }).toBe('[12]\n[423]')
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})

realTest('killed anywhere, it leaves the old or the new', { timeout: 120_000 }, async () => {
  const { box } = world
  await running('c', ['--memory', '64m'])
  for (let round = 0; round < 12; round++) {
    const size = round % 2 === 0 ? '96m' : '64m'
    const child = spawn(box.argv[0] as string, [...box.argv.slice(1), 'update', '--memory', size, 'c'], {
      env: { ...process.env, ...box.env },
      detached: true,
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await delay(40 + round * 15)
    try {
      process.kill(-(child.pid as number), 'SIGKILL')
    } catch {
      // It was done already.
    }
    await ended
    const { HostConfig } = (await box.inspect('c')) as unknown as { HostConfig: { Memory: number } }
    expect([64 << 20, 96 << 20]).toContain(HostConfig.Memory)
    // The next command that changes something takes away what was written for a new record.
    await box.ok(['container', 'prune', '-f'])
    expect(await box.findings()).toEqual([])
  }
  await box.ok(['update', '--memory', '128m', 'c'])
  expect((await limits('c'))[0]).toBe(String(128 << 20))
  await box.ok(['restart', '-t', '0', 'c'])
  expect((await limits('c'))[0]).toBe(String(128 << 20))
  expect(readdirSync(join(box.root, 'containers')).length).toBe(1)
  await box.ok(['rm', '-f', '-t', '0', 'c'])
})
