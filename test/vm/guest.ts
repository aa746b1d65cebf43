// Runs inside the virtual machine, as root, with systemd as process 1 and cgroup v2: what the host's cgroup v1 cannot show.
// Writes /mnt/report.tap, a line a check.

import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'

const gantry = '/mnt/gantry/bin/gantry'
const rootfs = '/var/tmp/rootfs'
let number = 0

makeRootfs()

check('root: systemd scope in machine.slice, with limits that hold', () => {
  const id = asRoot([
    'run',
    '-d',
    '--name',
    'limits',
    '--memory',
    '64m',
    '--cpus',
    '0.5',
    '--pids-limit',
    '77',
    '--rootfs',
    rootfs,
    'sleep',
    '1000',
  ])
  const group = cgroupOf('limits', asRoot)
  equal(group, `/machine.slice/gantry-${id}.scope`)
  equal(inside(asRoot, 'limits', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
  equal(inside(asRoot, 'limits', 'cat /sys/fs/cgroup/cpu.max'), '50000 100000')
  equal(inside(asRoot, 'limits', 'cat /sys/fs/cgroup/pids.max'), '77')
})

check('root: pause freezes the cgroup, unpause thaws it', () => {
  asRoot(['pause', 'limits'])
  equal(asRoot(['inspect', '--format', '{{.State.Status}}', 'limits']), 'paused')
  asRoot(['unpause', 'limits'])
  equal(asRoot(['inspect', '--format', '{{.State.Status}}', 'limits']), 'running')
})

check('root: stop and rm leave no scope', () => {
  const id = asRoot(['inspect', '--format', '{{.Id}}', 'limits'])
  asRoot(['stop', '-t', '1', 'limits'])
  asRoot(['rm', 'limits'])
  equal(
    execFileSync('systemctl', ['list-units', '--all', '--plain', '--no-legend', `gantry-${id}.scope`], {
      encoding: 'utf8',
    }).trim(),
    '',
  )
  equal(asRoot(['system', 'check']), '')
})

check('root: a container that runs out of memory is reported as such', () => {
  const eat = 'x=a; while :; do x=$x$x; done'
  const result = spawnSync(gantry, ['run', '--name', 'oom', '--memory', '32m', '--rootfs', rootfs, 'sh', '-c', eat], {
    encoding: 'utf8',
  })
  equal(result.status, 137)
  equal(asRoot(['inspect', '--format', '{{.State.OOMKilled}}', 'oom']), 'true')
  asRoot(['rm', 'oom'])
})

check('root: the cgroupfs manager works too', () => {
  const id = asRoot([
    '--cgroup-manager',
    'cgroupfs',
    'run',
    '-d',
    '--name',
    'plain',
    '--memory',
    '48m',
    '--rootfs',
    rootfs,
    'sleep',
    '1000',
  ])
  equal(cgroupOf('plain', asRoot), `/gantry/gantry-${id}`)
  equal(inside(asRoot, 'plain', 'cat /sys/fs/cgroup/memory.max'), `${48 << 20}`)
  asRoot(['rm', '-f', '-t', '0', 'plain'])
})

check('root: journald takes the log', () => {
  asRoot(['run', '--name', 'journal', '--log-driver', 'journald', '--rootfs', rootfs, 'echo', 'hello journal'])
  equal(asRoot(['logs', 'journal']), 'hello journal')
  asRoot(['rm', 'journal'])
})

check('rootless: delegated limits hold, in a scope of the user', () => {
  const id = asUser([
    'run',
    '-d',
    '--name',
    'limits',
    '--memory',
    '64m',
    '--pids-limit',
    '55',
    '--rootfs',
    rootfs,
    'sleep',
    '1000',
  ])
  const group = cgroupOf('limits', asUser)
  if (!group.startsWith('/user.slice/') || !group.endsWith(`gantry-${id}.scope`)) throw new Error(`cgroup ${group}`)
  equal(inside(asUser, 'limits', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
  equal(inside(asUser, 'limits', 'cat /sys/fs/cgroup/pids.max'), '55')
})

check('rootless: pause, unpause, exec, stop, rm', () => {
  asUser(['pause', 'limits'])
  asUser(['unpause', 'limits'])
  equal(asUser(['exec', 'limits', 'echo', 'inside']), 'inside')
  asUser(['stop', '-t', '1', 'limits'])
  asUser(['rm', 'limits'])
  equal(asUser(['system', 'check']), '')
})

check('rootless: keep-id runs as the user', () => {
  equal(
    asUser(['run', '--rm', '--userns', 'keep-id', '--rootfs', rootfs, 'id', '-u']),
    execFileSync('id', ['-u', 'tester'], { encoding: 'utf8' }).trim(),
  )
})

appendFileSync('/mnt/report.tap', '# end\n')

function check(name: string, body: () => void): void {
  number += 1
  try {
    body()
    appendFileSync('/mnt/report.tap', `ok ${number} ${name}\n`)
  } catch (error) {
    appendFileSync('/mnt/report.tap', `not ok ${number} ${name}\n${String(error).replace(/^/gm, '  # ')}\n`)
  }
}

function asRoot(args: string[]): string {
  return finish(spawnSync(gantry, args, { encoding: 'utf8' }), args)
}

/** A login session, so that systemd has a user manager for it. */
function asUser(args: string[]): string {
  const session = [
    '--quiet',
    '--wait',
    '--pipe',
    '--collect',
    '-p',
    'User=tester',
    '-p',
    'PAMName=login',
    '-E',
    'XDG_RUNTIME_DIR=/run/user/1000',
  ]
  return finish(
    spawnSync(
      'systemd-run',
      [...session, '-E', 'DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus', gantry, ...args],
      { encoding: 'utf8' },
    ),
    args,
  )
}

function finish(result: { status: number | null; stdout: string; stderr: string }, args: string[]): string {
  if (result.status !== 0)
    throw new Error(`gantry ${args.join(' ')}: exit code ${result.status}\n${result.stdout}${result.stderr}`)
  return result.stdout.trim()
}

function inside(as: (args: string[]) => string, name: string, script: string): string {
  return as(['exec', name, 'sh', '-c', script])
}

function cgroupOf(name: string, as: (args: string[]) => string): string {
  const pid = as(['inspect', '--format', '{{.State.Pid}}', name])
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().replace(/^0::/, '')
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`)
}

function makeRootfs(): void {
  if (existsSync(rootfs)) return
  for (const folder of ['bin', 'etc', 'proc', 'sys', 'dev', 'tmp', 'run', 'root'])
    mkdirSync(`${rootfs}/${folder}`, { recursive: true })
  cpSync('/mnt/busybox', `${rootfs}/bin/busybox`)
  for (const applet of execFileSync('/mnt/busybox', ['--list'], { encoding: 'utf8' }).split('\n')) {
    if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', `${rootfs}/bin/${applet}`)
  }
}
