// Limits of control groups, read from the files that a container finds itself in; and what is said of those that cannot be.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { cgroupControllers, isUnifiedCgroup } from '../../../src/os/cgroup.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const v1Test = isUnifiedCgroup() ? realTest.skip : realTest
const v2Test = isUnifiedCgroup() ? realTest : realTest.skip
const world = busyboxBox()
const root = '/sys/fs/cgroup'
const gib = 1024 ** 3

describe('what the container finds in its control group', () => {
  type Row = readonly [flags: string[], v1: Record<string, string>, v2: Record<string, string>]
  const rows: Row[] = [
    [
      ['--memory', '1g', '--memory-swap', '3g', '--memory-reservation', '400m'],
      {
        'memory/memory.limit_in_bytes': String(gib),
        'memory/memory.memsw.limit_in_bytes': String(3 * gib),
        'memory/memory.soft_limit_in_bytes': String(400 << 20),
      },
      { 'memory.max': String(gib), 'memory.swap.max': String(2 * gib), 'memory.low': String(400 << 20) },
    ],
    [
      ['--memory', '1g', '--memory-swap', '-1'],
      { 'memory/memory.memsw.limit_in_bytes': '9223372036854771712' },
      { 'memory.swap.max': 'max' },
    ],
    [['--cpu-shares', '512'], { 'cpu/cpu.shares': '512' }, { 'cpu.weight': '20' }],
    [
      ['--cpu-quota', '25000', '--cpu-period', '50000'],
      { 'cpu/cpu.cfs_quota_us': '25000', 'cpu/cpu.cfs_period_us': '50000' },
      { 'cpu.max': '25000 50000' },
    ],
    [
      ['--cpuset-cpus', '0', '--cpuset-mems', '0'],
      { 'cpuset/cpuset.cpus': '0', 'cpuset/cpuset.mems': '0' },
      { 'cpuset.cpus': '0', 'cpuset.mems': '0' },
    ],
  ]
  realTest.for(rows)('%j', async ([flags, v1, v2]) => {
    const wanted = isUnifiedCgroup() ? v2 : v1
    const files = Object.keys(wanted).map((name) => `${root}/${name}`)
    expect((await world.out(flags, `cat ${files.join(' ')}`)).split('\n')).toEqual(Object.values(wanted))
  })

  v1Test('--memory-swappiness and --oom-kill-disable', async () => {
    const files = `cat ${root}/memory/memory.swappiness; head -1 ${root}/memory/memory.oom_control`
    const flags = ['--memory', '1g', '--memory-swappiness', '7', '--oom-kill-disable']
    expect(await world.out(flags, files)).toBe('7\noom_kill_disable 1')
  })

  v2Test('what v2 has nothing like is told and dropped', async () => {
    const flags = ['--memory-swappiness', '7', '--oom-kill-disable', '--cpu-rt-period', '100', '--cpu-rt-runtime', '50']
    const { code, stderr } = await world.sh(flags, 'true')
    expect(code).toBe(0)
    expect(stderr).toContain('Memory swappiness discarded.')
    expect(stderr).toContain('OomKillDisable discarded.')
    expect(stderr).toContain('Realtime period not supported on cgroups V2 systems')
    expect(stderr).toContain('Realtime runtime not supported on cgroups V2 systems')
  })

  v2Test('--cgroup-conf', async () => {
    expect(await world.out(['--cgroup-conf', 'memory.high=1073741824'], `cat ${root}/memory.high`)).toBe(String(gib))
  })

  v1Test('--cgroup-conf is refused', async () => {
    const { code, stderr } = await world.sh(['--cgroup-conf', 'memory.high=1073741824'], 'true')
    expect([code, stderr]).toEqual([125, 'Error: cannot use --cgroup-conf without cgroup v2\n'])
  })

  const hasRealtime = existsSync(`${root}/cpu/cpu.rt_runtime_us`)
  v1Test('--cpu-rt-period and --cpu-rt-runtime', async () => {
    const flags = ['--cpu-rt-period', '500000', '--cpu-rt-runtime', '1000']
    const { code, stdout, stderr } = await world.sh(flags, `cat ${root}/cpu/cpu.rt_*_us`)
    if (!hasRealtime) expect(stderr).toContain('Realtime runtime discarded.')
    // A group gets what its parent has: none unless the administrator gave it some.
    else if (code === 0) expect(stdout).toBe('500000\n1000\n')
    else expect(stderr).toContain('cpu.rt_runtime_us')
  })
})

describe('block devices', () => {
  const [name = ''] = execFileSync('lsblk', ['--noheadings', '--nodeps', '--output', 'NAME'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^(?:vd|sd|nvme|xvd|loop)/.test(line))
  const device = `/dev/${name.trim()}`
  const hasBlockIo = name !== '' && cgroupControllers().some((controller) => ['blkio', 'io'].includes(controller))
  const numbers = () => readFileSync(`/sys/class/block/${name.trim()}/dev`, 'utf8').trim()
  const ioTest = hasBlockIo ? realTest : realTest.skip

  ioTest('--device-read-bps and the like', async () => {
    const rates = { 'read-bps': '1m', 'write-bps': '2m', 'read-iops': '300', 'write-iops': '400' }
    const flags = Object.entries(rates).map(([flag, rate]) => `--device-${flag}=${device}:${rate}`)
    if (isUnifiedCgroup()) {
      const line = `${numbers()} rbps=1048576 wbps=2097152 riops=300 wiops=400`
      expect(await world.out(flags, `cat ${root}/io.max`)).toBe(line)
      return
    }
    const files = Object.keys(rates).map((flag) => `${root}/blkio/blkio.throttle.${flag.replace('-', '_')}_device`)
    const values = ['1048576', '2097152', '300', '400'].map((value) => `${numbers()} ${value}`)
    expect((await world.out(flags, `cat ${files.join(' ')}`)).split('\n')).toEqual(values)
  })

  ioTest('--blkio-weight and --blkio-weight-device', async () => {
    const flags = ['--blkio-weight', '321', '--blkio-weight-device', `${device}:98`]
    const folder = isUnifiedCgroup() ? root : `${root}/blkio`
    const { stdout, stderr } = await world.sh(flags, `cat ${folder}/*weight*; true`)
    const scheduler = readFileSync(`/sys/class/block/${name.trim()}/queue/scheduler`, 'utf8')
    if (existsSync(`${root}/blkio/blkio.bfq.io_service_bytes`)) expect(stdout).toContain('321')
    if (scheduler.includes('[bfq]')) expect(stdout).toContain(`${numbers()} 98`)
    else if (!isUnifiedCgroup()) expect(stderr).toContain('Weight-device discarded.')
  })

  realTest('a device that there is not', async () => {
    const { code, stderr } = await world.sh(['--device-read-bps', '/dev/nothing:1m'], 'true')
    const message = 'could not parse throttle device at /dev/nothing: no such file or directory'
    expect([code, stderr]).toEqual([125, `Error: ${message}\n`])
  })
})

describe('contradictions are told before anything is made', () => {
  realTest.for([
    [
      ['--memory', '64m', '--memory-swap', '32m'],
      'minimum memoryswap limit should be larger than memory limit, see usage',
    ],
    [['--memory-swap', '32m'], 'you should always set a memory limit when using a memoryswap limit, see usage'],
    [['--memory-swappiness', '101'], 'invalid value: 101, valid memory swappiness range is 0-100'],
    [['--cpus', '1', '--cpu-quota', '1000'], '--cpu-quota and --cpus cannot be set together'],
    [['--cpu-period', '10'], 'CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)'],
    [['--cpuset-cpus', '0-x'], 'invalid value 0-x for cpuset cpus'],
    [['--cpuset-cpus', '4000'], 'requested CPUs are not available - requested 4000, available: '],
    [['--blkio-weight', '9'], 'range of blkio weight is from 10 to 1000'],
    [['--device-write-iops', '/dev/null'], 'bad format: /dev/null'],
    [['--device-cgroup-rule', 'x 7:* rmw'], 'invalid device type in device-access-add: x'],
    [['--cgroups', 'some'], 'invalid cgroup mode "some": invalid argument'],
    [['--cgroups', 'disabled'], 'requested OCI runtime runc is not compatible with NoCgroups: invalid argument'],
    [['--cgroups', 'split', '--cgroup-parent', '/x'], 'cannot specify --cgroup-mode=split with a cgroup-parent'],
    [['--personality', 'MINIX'], 'unknown personality "MINIX": choose LINUX or LINUX32'],
    [['--cpu-shares', '1.5'], 'invalid argument "1.5" for "--cpu-shares" flag'],
  ] as [string[], string][])('%j', async ([flags, message]) => {
    const { code, stderr } = await world.sh(['--name', 'never', ...flags], 'true')
    expect(stderr).toContain(`Error: ${message}`)
    expect(code).toBe(125)
    expect((await world.box.try(['container', 'exists', 'never'])).code).toBe(1)
  })
})

describe('where the control group is', () => {
  const line = isUnifiedCgroup() ? '^0::' : ':cpu:\\|:cpu,'
  const folders = isUnifiedCgroup() ? [root] : ['cpu', 'memory', 'pids'].map((name) => join(root, name))

  realTest('--cgroup-parent', async () => {
    const parent = `/gantry-test-${process.pid}`
    const flags = ['--cgroupns', 'host', '--cgroup-parent', parent, '--cgroup-manager', 'cgroupfs']
    try {
      const [manager = '', kind = ''] = flags.slice(-2)
      const words = [manager, kind, 'run', '--rm', '--network', 'none', ...flags.slice(0, -2), busyboxName]
      const shown = await world.box.ok([...words, 'grep', line, '/proc/self/cgroup'])
      expect(shown).toMatch(new RegExp(`:${parent}/gantry-[0-9a-f]{64}$`))
      expect(existsSync(join(folders[0] as string, parent, shown.split('/').at(-1) as string))).toBe(false)
    } finally {
      removeGroup(parent)
    }
  })

  realTest('--cgroups=split: below the group that Gantry was called in', async () => {
    const group = `/gantry-split-${process.pid}`
    const run = `${world.box.argv.join(' ')} run --rm --network none --cgroups split --cgroupns host`
    const made = allRoots().map((folder) => `mkdir ${folder}${group}`)
    // A cpuset takes no process before it is given something to run on.
    const cpuset = ['cpus', 'mems'].map(
      (name) => `cat ${root}/cpuset/cpuset.${name} >${root}/cpuset${group}/cpuset.${name}`,
    )
    const entered = allRoots().map((folder) => `echo $$ >${folder}${group}/cgroup.procs`)
    const steps = [...made, ...(isUnifiedCgroup() ? [] : cpuset), ...entered]
    try {
      const script = [...steps, `${run} ${busyboxName} grep '${line}' /proc/self/cgroup`].join(' && ')
      const shown = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, ...world.box.env } })
      expect(shown.trim()).toMatch(new RegExp(`:${group}/gantry-payload-[0-9a-f]{64}$`))
    } finally {
      removeGroup(`${group}/runtime`)
      removeGroup(group)
    }
    const { code, stderr } = await world.sh(['--cgroups', 'split'], 'true')
    if (/^0::\/$/m.test(readFileSync('/proc/self/cgroup', 'utf8'))) {
      expect([code, stderr]).toEqual([125, expect.stringContaining('cannot split the root control group')])
    }
  })

  realTest('--cgroups=no-conmon is as usual but for the monitor', async () => {
    expect(await world.out(['--cgroups', 'no-conmon'], 'echo yes')).toBe('yes')
  })

  function allRoots(): string[] {
    if (isUnifiedCgroup()) return [root]
    const controllers = cgroupControllers().map((name) => join(root, name))
    return [
      ...controllers,
      ...['systemd', 'unified'].map((name) => join(root, name)).filter((path) => existsSync(path)),
    ]
  }

  function removeGroup(group: string): void {
    for (const folder of allRoots()) if (existsSync(join(folder, group))) rmdirSync(join(folder, group))
  }
})

describe('devices and the processor', () => {
  const loopTest = requires('root', 'runc', 'overlay', 'loop devices')
  loopTest('--device-cgroup-rule lets a made node be opened', async () => {
    const script = 'mknod /loop c 10 237 && (exec 3</loop) 2>/dev/null && echo open || echo closed'
    expect(await world.out(['--cap-add', 'MKNOD'], script)).toBe('closed')
    expect(await world.out(['--cap-add', 'MKNOD', '--device-cgroup-rule', 'c 10:237 rwm'], script)).toBe('open')
  })

  realTest('--personality: by runc from 1.2 on, refused before', async () => {
    const { code, stdout, stderr } = await world.sh(['--personality', 'LINUX32'], 'uname -m')
    if (code === 0) expect(stdout.trim()).toMatch(/^i[36]86$|^armv8l$/)
    else
      expect(stderr).toMatch(/^Error: --personality=LINUX32: runc 1\.[01]\.\S+ cannot set it, runc 1\.2 and crun can/)
  })

  realTest('--rdt-class: refused where there is no resctrl', async () => {
    if (existsSync('/sys/fs/resctrl/schemata')) return
    const { code, stderr } = await world.sh(['--rdt-class', 'gold'], 'true')
    expect(stderr).toContain('--rdt-class=gold: this host has no resctrl file system')
    expect(code).toBe(125)
  })

  realTest('--kernel-memory does nothing, and says so', async () => {
    const { code, stderr } = await world.sh(['--kernel-memory', '64m'], 'true')
    expect([code, stderr]).toEqual([0, expect.stringContaining('The --kernel-memory flag is no longer supported.')])
  })
})

realTest('inspect shows what was asked for', async () => {
  const { box } = world
  const flags = ['--memory', '64m', '--memory-swap', '96m', '--cpu-shares', '77', '--cpuset-cpus', '0']
  const device = ['--device', '/dev/null', '--device-write-bps', '/dev/null:1m', '--restart', 'on-failure:3']
  await box.ok(['create', '--name', 'asked', ...flags, ...device, busyboxName, 'true'])
  expect(await box.inspect('asked')).toMatchObject({
    HostConfig: {
      Memory: 64 << 20,
      MemorySwap: 96 << 20,
      MemorySwappiness: -1,
      CpuShares: 77,
      CpusetCpus: '0',
      BlkioDeviceWriteBps: [{ Path: '/dev/null', Rate: 1 << 20 }],
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    },
  })
  await box.ok(['rm', 'asked'])
})
