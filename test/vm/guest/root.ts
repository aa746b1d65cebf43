// root, with systemd's scopes in machine.slice.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cgroupOf, root, status } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'

const limits = ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '77']
/** Doubles a string until the kernel's patience ends. */
export const eatMemory = 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done'

export async function checkRoot(): Promise<void> {
  await check('root: load and run the busybox image', () => {
    root.ok('load', '-i', '/mnt/busybox.tar')
    equal(root.ok('run', '--rm', '--network', 'none', 'busybox', 'echo', 'hello'), 'hello')
  })
  await checkScope()
  await checkEnds()
  await checkCgroupfs()
  await checkJournal()
  await checkCrun()
  await check('root: nothing is left', () => {
    equal(scopes(), '')
    equal(root.ok('ps', '--all', '--quiet'), '')
    equal(root.ok('system', 'check'), '')
  })
}

async function checkScope(): Promise<void> {
  await check('root: systemd scope in machine.slice, with limits that hold inside', () => {
    const id = detached('limits', ...limits)
    equal(cgroupOf(root, 'limits'), `/machine.slice/gantry-${id}.scope`)
    equal(inside('limits', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
    equal(inside('limits', 'cat /sys/fs/cgroup/memory.swap.max'), `${64 << 20}`)
    equal(inside('limits', 'cat /sys/fs/cgroup/cpu.max'), '50000 100000')
    equal(inside('limits', 'cat /sys/fs/cgroup/pids.max'), '77')
    equal(inside('limits', 'cat /proc/self/cgroup'), '0::/')
  })
  await check('root: the monitor is not in the session of whoever started it', () => {
    const pid = execFileSync('pgrep', ['-f', 'libexec/gantry/monitor'], { encoding: 'utf8' }).trim().split('\n')[0]
    const own = readFileSync('/proc/self/cgroup', 'utf8')
    if (readFileSync(`/proc/${pid}/cgroup`, 'utf8') === own) throw new Error(`the monitor is in ${own}`)
  })
  await check('root: pause freezes the cgroup, unpause thaws it', () => {
    const group = `/sys/fs/cgroup${cgroupOf(root, 'limits')}`
    root.ok('pause', 'limits')
    equal(status(root, 'limits'), 'paused')
    matches(readFileSync(`${group}/cgroup.events`, 'utf8'), /^frozen 1$/m)
    root.ok('unpause', 'limits')
    equal(status(root, 'limits'), 'running')
    matches(readFileSync(`${group}/cgroup.events`, 'utf8'), /^frozen 0$/m)
  })
  await check('root: rm -f of a paused container', () => {
    root.ok('pause', 'limits')
    root.ok('rm', '-f', '-t', '0', 'limits')
  })
}

async function checkEnds(): Promise<void> {
  for (const [verb, args] of Object.entries(ends)) {
    await check(`root: ${verb} leaves no scope`, async () => {
      const id = detached('ends')
      equal(scopes(), `gantry-${id}.scope`)
      root.ok(...args)
      if (verb !== 'rm -f') {
        root.ok('wait', 'ends')
        equal(status(root, 'ends'), 'exited')
      }
      await eventually('the scope is gone', () => scopes() === '')
      equal(root.ok('system', 'check'), '')
      root.try('rm', '-f', 'ends')
    })
  }
  await check('root: a container that runs out of memory is reported as such', () => {
    const { code } = root.try('run', '--name', 'oom', ...small, 'busybox', 'sh', '-c', eatMemory)
    equal(code, 137)
    equal(root.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
    root.ok('rm', 'oom')
  })
  await check('root: a child that runs out of memory does not take its container along', () => {
    const { code } = root.try('run', '--name', 'oom', ...small, 'busybox', 'sh', '-c', `sh -c '${eatMemory}'; exit 3`)
    equal(code, 3)
    equal(root.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
    root.ok('rm', 'oom')
  })
}

const ends = {
  kill: ['kill', 'ends'],
  stop: ['stop', '-t', '1', 'ends'],
  'rm -f': ['rm', '-f', '-t', '0', 'ends'],
}
const small = ['--network', 'none', '--memory', '32m', '--memory-swap', '32m']

async function checkCgroupfs(): Promise<void> {
  const plain = (...args: string[]) => root.ok('--cgroup-manager', 'cgroupfs', ...args)
  await check('root: the cgroupfs manager sets limits too', () => {
    const id = plain('run', '-d', '--name', 'plain', '--network', 'none', ...limits, 'busybox', 'sleep', '1000')
    equal(cgroupOf(root, 'plain'), `/gantry/gantry-${id}`)
    equal(inside('plain', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
    equal(inside('plain', 'cat /sys/fs/cgroup/cpu.max'), '50000 100000')
    equal(inside('plain', 'cat /sys/fs/cgroup/pids.max'), '77')
    plain('rm', '-f', '-t', '0', 'plain')
    equal(existsSync(`/sys/fs/cgroup/gantry/gantry-${id}`), false)
  })
  await check('root: out of memory under the cgroupfs manager', () => {
    const { code } = root.try(
      '--cgroup-manager',
      'cgroupfs',
      'run',
      '--name',
      'oom',
      ...small,
      'busybox',
      'sh',
      '-c',
      eatMemory,
    )
    equal(code, 137)
    equal(root.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
    root.ok('rm', 'oom')
  })
}

async function checkJournal(): Promise<void> {
  await check('root: journald takes the log, and logs reads it', () => {
    const script = 'echo to stdout; echo to stderr >&2; echo last'
    root.ok('run', '--name', 'journal', '--network', 'none', '--log-driver', 'journald', 'busybox', 'sh', '-c', script)
    const { stdout, stderr } = root.try('logs', 'journal')
    equal(stdout, 'to stdout\nlast\n')
    equal(stderr, 'to stderr\n')
    equal(root.ok('logs', '--tail', '1', 'journal'), 'last')
    const fields = execFileSync('journalctl', ['-o', 'cat', 'CONTAINER_NAME=journal'], { encoding: 'utf8' })
    equal(fields, 'to stdout\nto stderr\nlast\n')
  })
  await check('root: logs --follow of a journald container ends with it', () => {
    root.ok('rm', 'journal')
    const script = 'for i in 1 2 3; do echo line $i; sleep 1; done'
    root.ok(
      'run',
      '-d',
      '--name',
      'journal',
      '--network',
      'none',
      '--log-driver',
      'journald',
      'busybox',
      'sh',
      '-c',
      script,
    )
    equal(root.ok('logs', '--follow', 'journal'), 'line 1\nline 2\nline 3')
    root.ok('wait', 'journal')
    root.ok('rm', 'journal')
  })
  await check('root: events go to the journal and come back', () => {
    const journal = ['--events-backend', 'journald']
    root.ok(...journal, 'run', '--rm', '--name', 'told', '--network', 'none', 'busybox', 'true')
    const filters = ['--stream=false', '--since', '10m', '--filter', 'container=told', '--format', '{{.Status}}']
    const words = root.ok(...journal, 'events', ...filters).split('\n')
    for (const word of ['create', 'start', 'died', 'remove']) {
      if (!words.includes(word)) throw new Error(`no '${word}' in ${words.join(' ')}`)
    }
  })
}

async function checkCrun(): Promise<void> {
  await check('root: crun, with limits, exec, pause and stop', async () => {
    const crun = (...args: string[]) => root.ok('--runtime', 'crun', ...args)
    const id = crun('run', '-d', '--name', 'other', '--network', 'none', ...limits, 'busybox', 'sleep', '1000')
    matches(cgroupOf(root, 'other'), new RegExp(`^/machine\\.slice/gantry-${id}\\.scope`))
    equal(inside('other', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
    equal(inside('other', 'cat /sys/fs/cgroup/pids.max'), '77')
    root.ok('pause', 'other')
    root.ok('unpause', 'other')
    root.ok('stop', '-t', '1', 'other')
    root.ok('rm', 'other')
    await eventually('the scope is gone', () => scopes() === '')
  })
  await check('root: out of memory under crun', () => {
    const { code } = root.try('--runtime', 'crun', 'run', '--name', 'oom', ...small, 'busybox', 'sh', '-c', eatMemory)
    equal(code, 137)
    equal(root.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
    root.ok('rm', 'oom')
  })
}

function detached(name: string, ...flags: string[]): string {
  return root.ok('run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sleep', '1000')
}

function inside(name: string, script: string): string {
  return root.ok('exec', name, 'sh', '-c', script)
}

/** Loaded scopes of containers, failed ones too. */
function scopes(): string {
  const options = ['list-units', '--all', '--plain', '--no-legend', 'gantry-*.scope']
  const { stdout } = spawnSync('systemctl', options, { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /^gantry-[0-9a-f]{64}\.scope$/.test(name))
    .join(' ')
}
