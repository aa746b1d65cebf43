// An ordinary user in a login session, with the controllers that systemd delegates to user@1000.service.

import { readFileSync } from 'node:fs'
import { cgroupOf, cgroupOfProcess, login, type Session, status } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import { eatMemory } from './root.ts'

const manager = '/user.slice/user-1000.slice/user@1000.service'
const limits = ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '55']

export async function checkRootless(): Promise<void> {
  const user = await login('first')
  await check('rootless: load and run the busybox image, on native overlay', () => {
    user.ok('load', '-i', '/mnt/busybox.tar')
    equal(user.ok('run', '--rm', '--network', 'none', 'busybox', 'echo', 'hello'), 'hello')
    equal(user.ok('info', '--format', '{{.Store.GraphDriverName}}'), 'overlay')
    const mount = user.ok('run', '--rm', '--network', 'none', 'busybox', 'grep', ' / ', '/proc/mounts')
    matches(mount, /^overlay \/ overlay .*userxattr/)
  })
  await checkLimits(user)
  await checkVerbs(user)
  await checkCgroupfs(user)
  await checkCrun(user)
  await check('rootless: nothing is left', async () => {
    equal(user.ok('ps', '--all', '--quiet'), '')
    equal(user.ok('system', 'check'), '')
    await eventually('no scope of a container', () => containerScopes(user) === '')
  })
  await user.logout()
}

async function checkLimits(user: Session): Promise<void> {
  await check('rootless: delegated limits hold, in a scope of the user', () => {
    const id = detached(user, 'limits', ...limits)
    equal(cgroupOf(user, 'limits'), `${manager}/user.slice/gantry-${id}.scope`)
    equal(inside(user, 'limits', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
    equal(inside(user, 'limits', 'cat /sys/fs/cgroup/cpu.max'), '50000 100000')
    equal(inside(user, 'limits', 'cat /sys/fs/cgroup/pids.max'), '55')
  })
  await check('rootless: exec runs under the limits too', () => {
    equal(inside(user, 'limits', 'cat /proc/self/cgroup'), '0::/')
    equal(user.ok('exec', '-t', 'limits', 'cat', '/proc/self/cgroup').trim(), '0::/')
  })
  await check('rootless: the monitor is not in the login session', () => {
    const monitors = user.shell('pgrep -u tester -f libexec/gantry/monitor').stdout.trim().split('\n')
    for (const pid of monitors) matches(cgroupOfProcess(pid), /^\/user\.slice\/user-1000\.slice\/user@1000\.service\//)
  })
  await check('rootless: out of memory is reported as such', () => {
    const small = ['--network', 'none', '--memory', '32m', '--memory-swap', '32m']
    const { code } = user.try('run', '--name', 'oom', ...small, 'busybox', 'sh', '-c', eatMemory)
    equal(code, 137)
    equal(user.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
    user.ok('rm', 'oom')
  })
}

async function checkVerbs(user: Session): Promise<void> {
  await check('rootless: pause and unpause', () => {
    user.ok('pause', 'limits')
    equal(status(user, 'limits'), 'paused')
    matches(readFileSync(`/sys/fs/cgroup${cgroupOf(user, 'limits')}/cgroup.events`, 'utf8'), /^frozen 1$/m)
    user.ok('unpause', 'limits')
    equal(status(user, 'limits'), 'running')
  })
  await check('rootless: exec, stop, start, kill, rm', () => {
    equal(user.ok('exec', 'limits', 'echo', 'inside'), 'inside')
    user.ok('stop', '-t', '1', 'limits')
    user.ok('start', 'limits')
    equal(inside(user, 'limits', 'cat /sys/fs/cgroup/pids.max'), '55')
    user.ok('kill', 'limits')
    user.ok('wait', 'limits')
    user.ok('rm', 'limits')
    equal(user.ok('system', 'check'), '')
  })
  await check('rootless: keep-id runs as the user', () => {
    equal(user.ok('run', '--rm', '--network', 'none', '--userns', 'keep-id', 'busybox', 'id', '-u'), '1000')
  })
  await check("rootless: the user's journal takes the log, and logs reads it", () => {
    user.ok('run', '--name', 'journal', '--network', 'none', '--log-driver', 'journald', 'busybox', 'echo', 'mine')
    equal(user.ok('logs', 'journal'), 'mine')
    user.ok('rm', 'journal')
  })
}

async function checkCgroupfs(user: Session): Promise<void> {
  const plain = ['--cgroup-manager', 'cgroupfs']
  await check('rootless: cgroupfs in a login session warns of limits that it cannot set', () => {
    const answer = user.try(...plain, 'run', '--rm', '--network', 'none', '--memory', '64m', 'busybox', 'echo', 'ran')
    equal(answer.code, 0)
    equal(answer.stdout, 'ran\n')
    matches(answer.stderr, /memory controller is not delegated/)
  })
  await check('rootless: cgroupfs below a delegated group sets limits', () => {
    const words = '--cgroup-manager cgroupfs run --rm --network none --memory 64m busybox cat /sys/fs/cgroup/memory.max'
    const scope = 'systemd-run --user --scope --quiet -p Delegate=yes'
    const { stdout, stderr } = user.shell(`${scope} /mnt/gantry/bin/gantry ${words}`)
    if (stdout !== `${64 << 20}\n`) throw new Error(`${stdout}${stderr}`)
  })
}

async function checkCrun(user: Session): Promise<void> {
  await check('rootless: crun, with limits and exec', () => {
    user.ok(
      '--runtime',
      'crun',
      'run',
      '-d',
      '--name',
      'other',
      '--network',
      'none',
      ...limits,
      'busybox',
      'sleep',
      '1000',
    )
    equal(inside(user, 'other', 'cat /sys/fs/cgroup/memory.max'), `${64 << 20}`)
    equal(inside(user, 'other', 'cat /sys/fs/cgroup/pids.max'), '55')
    user.ok('rm', '-f', '-t', '0', 'other')
  })
}

function detached(user: Session, name: string, ...flags: string[]): string {
  return user.ok('run', '-d', '--name', name, '--network', 'none', ...flags, 'busybox', 'sleep', '1000')
}

function inside(user: Session, name: string, script: string): string {
  return user.ok('exec', name, 'sh', '-c', script)
}

function containerScopes(user: Session): string {
  const { stdout } = user.shell('systemctl --user list-units --all --plain --no-legend "gantry-*.scope"')
  return stdout
    .split('\n')
    .filter((line) => /^gantry-[0-9a-f]{64}\.scope/.test(line))
    .join('\n')
}
