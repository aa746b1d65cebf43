// stats: what is shown of a container that works, beside what its control group says; and how it ends.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect } from 'vitest'
import { isUnifiedCgroup } from '../../src/os/cgroup.ts'
import { openBox } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { openNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const held = 'dd if=/dev/zero of=/dev/shm/held bs=1M count=30; touch /held'

beforeAll(async () => {
  const busy = ['sh', '-c', `${held}; while :; do :; done`]
  await world.box.ok(['run', '-d', '--name', 'busy', '--network', 'none', '--memory', '100m', busyboxName, ...busy])
  await world.box.ok(['create', '--name', 'idle', '--network', 'none', busyboxName, 'true'])
  await world.box.ok(['exec', 'busy', 'sh', '-c', 'until test -e /held; do sleep 0.1; done'])
})

async function once(...words: string[]): Promise<string> {
  return world.box.ok(['stats', '--no-stream', ...words])
}

realTest('the table: podman’s columns and units', async () => {
  const { Id } = await world.box.inspect('busy')
  const lines = (await once('--no-reset')).split('\n')
  expect(lines).toHaveLength(2)
  const columns = 'ID NAME CPU_% MEM_USAGE_/_LIMIT MEM_% NET_IO BLOCK_IO PIDS CPU_TIME Avg_CPU_%'
  expect(
    lines[0]
      ?.trim()
      .replace(/(\S) (?=\S)/g, '$1_')
      .split(/\s+/),
  ).toEqual(columns.split(' '))
  expect(lines[1]).toMatch(
    /^[0-9a-f]{12} {2}busy +\d+\.\d\d% +3\d\.\d+MB \/ 104\.9MB +3\d\.\d\d% +0B \/ 0B +\S+ \/ \S+ +\d+ +[\dms.]+ +\d+\.\d\d%/,
  )
  expect(lines[1]?.startsWith(Id.slice(0, 12))).toBe(true)
  expect(await once('--no-trunc', 'busy')).toContain(Id)
  expect(await once('busy')).toMatch(/^ID/)
  const typed = (flags: string) => {
    const line = `${world.box.argv.join(' ')} stats --no-stream ${flags} busy`
    return spawnSync('script', ['-qec', line, '/dev/null'], { env: world.box.env, encoding: 'utf8' }).stdout
  }
  expect(typed('')).toMatch(/^\x1b\[2J\x1b\[1;1HID/)
  expect(typed('--no-reset')).toMatch(/^ID/)
})

realTest('the figures are those of the control group', async () => {
  const [usage, limit, pids] = (
    await once('--no-reset', '--format', '{{.CPUNano}} {{.MemLimit}} {{.PIDS}}', 'busy')
  ).split(' ')
  const file = isUnifiedCgroup() ? '/sys/fs/cgroup/cpu.stat' : '/sys/fs/cgroup/cpuacct/cpuacct.usage'
  const after = /\d+/.exec(await world.box.ok(['exec', 'busy', 'cat', file]))?.[0]
  const afterNs = Number(after) * (isUnifiedCgroup() ? 1000 : 1)
  expect(Number(usage)).toBeGreaterThan(0)
  expect(Number(usage)).toBeLessThanOrEqual(afterNs)
  expect([Number(limit), pids]).toEqual([100 << 20, '1'])
})

realTest('--format json, and its fields', async () => {
  const [row, ...more] = JSON.parse(await once('--no-reset', '--format', 'json', 'busy')) as Record<string, string>[]
  expect(more).toEqual([])
  expect(Object.keys(row ?? {})).toEqual(
    'id name cpu_time cpu_percent avg_cpu mem_usage mem_percent net_io block_io pids'.split(' '),
  )
  expect(row).toMatchObject({ name: 'busy', mem_usage: expect.stringMatching(/^3\d\.\d+MB \/ 104\.9MB$/) })
  expect(await once('--no-reset', '--format', 'table {{.Name}} {{.MemUsageBytes}}', 'busy')).toMatch(
    /^NAME +MEM USAGE \/ LIMIT\nbusy +\S+MiB \/ 100MiB *$/,
  )
})

realTest('which containers', async () => {
  const names = async (...words: string[]) =>
    (await once('--no-reset', '--format', '{{.Name}} {{.PIDS}}', ...words)).split('\n')
  expect(await names()).toEqual(['busy 1'])
  expect(await names('-a')).toEqual(['busy 1', 'idle 0'])
  expect(await names('-l')).toEqual(['idle 0'])
  expect(await names('idle', 'busy')).toEqual(['idle 0', 'busy 1'])
  const refused = async (...words: string[]) => (await world.box.try(['stats', '--no-stream', ...words])).stderr
  expect(await refused('-a', 'busy')).toContain('--all, --latest and containers cannot be used together')
  expect(await refused('nobody')).toContain('no such container')
  expect(await refused('--interval', '0')).toContain('invalid interval, must be a positive number greater zero')
})

realTest('it goes on until it is interrupted, and nobody waits for it', async () => {
  const { box } = world
  const child = box.start(['stats', '--no-reset', '--interval', '1', '--format', '{{.Name}} {{.CPUPerc}}', 'busy'])
  const lines: string[] = []
  child.stdout?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  await expect.poll(() => lines.length, { timeout: 30_000 }).toBeGreaterThan(1)
  await box.ok(['pause', 'busy'])
  await box.ok(['unpause', 'busy'])
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  // Of the time since the line before: it did nothing else.
  expect(Number(/ ([\d.]+)%/.exec(lines[1] ?? '')?.[1])).toBeGreaterThan(1)
})

realTest('the host’s network is nobody’s', async () => {
  await world.box.ok(['run', '-d', '--name', 'host', '--network', 'host', busyboxName, 'sleep', '1000'])
  expect(await once('--no-reset', '--format', '{{.NetIO}} {{len .Network}}', 'host')).toBe('0B / 0B 0')
  await world.box.ok(['rm', '-f', '-t', '0', 'host'])
})

requires(
  'root',
  'runc',
  'nft',
)('network traffic is counted', async () => {
  using network = openNetwork()
  await using box = openBox({ network })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['run', '-d', '--name', 'c', '--cap-add', 'NET_RAW', busyboxName, 'sleep', '1000'])
  const gateway = await box.ok(['inspect', '--format', '{{.NetworkSettings.Gateway}}', 'c'])
  const sent = async () => {
    const format = '{{.Network.eth0.TxBytes}} {{.Network.eth0.RxBytes}}'
    return (await box.ok(['stats', '--no-stream', '--no-reset', '--format', format, 'c'])).split(' ').map(Number)
  }
  const [before = 0] = await sent()
  await box.ok(['exec', 'c', 'ping', '-c', '2', '-i', '0.2', '-s', '1000', gateway])
  const [after = 0, received = 0] = await sent()
  expect(after - before).toBeGreaterThan(2000)
  expect(received).toBeGreaterThan(2000)
  await box.ok(['rm', '-f', '-t', '0', 'c'])
  await box.ok(['system', 'reset', '--force'])
})

realTest('an ordinary user on cgroup v1 is told why not', async () => {
  if (isUnifiedCgroup()) return
  const user = testUser()
  await using box = openBox({ user })
  const { code, stderr } = await box.try(['stats', '--no-stream'])
  expect([code, stderr.split('\n')[0]]).toEqual([
    125,
    'Error: stats is not supported in rootless mode without cgroups v2',
  ])
  expect(existsSync(join(box.root, 'containers')) ? readdirSync(join(box.root, 'containers')) : []).toEqual([])
})
