// An ordinary user in a login session, with the controllers that systemd delegates to user@1000.service.

import { execFileSync } from 'node:child_process'
import { gantryProgram, login, type Session } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import {
  cgroupOf,
  cgroupOfProcess,
  checkCallFilters,
  checkLimitsInside,
  checkOutOfMemory,
  checkUpdate,
  isFrozen,
  limits,
  monitors,
  runDetached,
  scopes,
  status,
  tryRun,
} from './containers.ts'
import { checkUserJournal } from './journal.ts'
import { checkPod } from './pods.ts'

const userService = '/user.slice/user-1000.slice/user@1000.service'

export async function checkRootless(): Promise<void> {
  const user = await login('first')
  await check('rootless: load and run the busybox image, on native overlay', () => {
    user.ok('load', '-i', '/mnt/busybox.tar')
    const mount = user.ok('run', '--rm', '--network', 'none', 'busybox', 'grep', ' / ', '/proc/mounts')
    matches(mount, /^overlay \/ overlay .*userxattr/)
    equal(user.ok('info', '--format', '{{.Store.GraphDriverName}}'), 'overlay')
  })
  await checkLimits(user)
  await checkVerbs(user)
  await checkPod('rootless', user)
  await checkUserJournal(user)
  await checkCgroupfs(user)
  await checkCrun(user)
  await check('rootless: nothing is left', async () => {
    equal(user.ok('ps', '--all', '--quiet'), '')
    equal(user.ok('system', 'check'), '')
    await eventually('no scope is left', () => scopes('user', user.shell).length === 0)
  })
  await user.logout()
}

async function checkLimits(user: Session): Promise<void> {
  await check('rootless: delegated limits hold, also for exec, in a scope of the user', () => {
    const id = runDetached(user, 'limits', ...limits)
    equal(cgroupOf(user, 'limits'), `${userService}/user.slice/gantry-${id}.scope`)
    checkLimitsInside(user, 'limits')
    equal(user.ok('exec', '-t', 'limits', 'cat', '/proc/self/cgroup').trim(), '0::/')
  })
  await check('rootless: the usual seccomp profile, in two filters', () => checkCallFilters(user, 'limits'))
  await check('rootless: update changes the limits, stats shows them', () => checkUpdate(user, 'limits'))
  await check('rootless: the monitor is not in the login session', () => {
    for (const pid of monitors()) {
      const group = cgroupOfProcess(pid)
      if (!group.startsWith(`${userService}/user.slice/gantry-monitor-`)) throw new Error(`the monitor is in ${group}`)
    }
  })
  await check('rootless: out of memory is recorded', () => checkOutOfMemory(user))
}

async function checkVerbs(user: Session): Promise<void> {
  await check('rootless: pause and unpause', () => {
    const group = cgroupOf(user, 'limits')
    user.ok('pause', 'limits')
    equal(status(user, 'limits'), 'paused')
    equal(isFrozen(group), true)
    user.ok('unpause', 'limits')
    equal(status(user, 'limits'), 'running')
    equal(isFrozen(group), false)
  })
  await check('rootless: stop, start, kill, rm', () => {
    user.ok('stop', '-t', '1', 'limits')
    user.ok('start', 'limits')
    checkLimitsInside(user, 'limits')
    user.ok('kill', 'limits')
    user.ok('wait', 'limits')
    user.ok('rm', 'limits')
    equal(user.ok('system', 'check'), '')
  })
  await check('rootless: keep-id runs as the user', () => {
    equal(tryRun(user, ['--rm', '--userns', 'keep-id'], 'id', '-u').stdout, '1000\n')
  })
  await check('rootless: --userns auto has ids of its own', () => {
    const map = tryRun(user, ['--rm', '--userns', 'auto'], 'cat', '/proc/self/uid_map').stdout
    equal(map.trim().replace(/ +/g, ' '), '0 1 1024')
  })
}

async function checkCgroupfs(user: Session): Promise<void> {
  await check('rootless: cgroupfs in a login session warns of limits that it cannot set', () => {
    const flags = ['--rm', '--network', 'none', '--memory', '64m']
    const answer = user.try('--cgroup-manager', 'cgroupfs', 'run', ...flags, 'busybox', 'echo', 'ran')
    equal(answer.stdout, 'ran\n')
    matches(answer.stderr, /memory controller is not delegated/)
  })
  await check('rootless: cgroupfs below a delegated group sets limits', () => {
    const words = '--cgroup-manager cgroupfs run --rm --network none --memory 64m busybox cat /sys/fs/cgroup/memory.max'
    const scope = 'systemd-run --user --scope --quiet -p Delegate=yes'
    const { stdout, stderr } = user.shell(`${scope} ${gantryProgram} ${words}`)
    if (stdout !== `${64 << 20}\n`) throw new Error(`${stdout}${stderr}`)
  })
}

async function checkCrun(user: Session): Promise<void> {
  await check('rootless: crun, with limits and exec', () => {
    const flags = ['-d', '--name', 'other', '--network', 'none', ...limits]
    user.ok('--runtime', 'crun', 'run', ...flags, 'busybox', 'sleep', '1000')
    checkLimitsInside(user, 'other')
    user.ok('rm', '-f', '-t', '0', 'other')
  })
  await check('rootless: crun keeps the groups of the caller with keep-groups', () => {
    execFileSync('groupadd', ['--gid', '2000', '--users', 'tester', 'sharing'])
    execFileSync('sh', ['-c', 'umask 027; echo shared >/home/shared; chgrp sharing /home/shared'])
    const flags = ['--rm', '--network', 'none', '-v', '/home/shared:/shared']
    const run = (...more: string[]) =>
      user.try('--runtime', 'crun', 'run', ...flags, ...more, 'busybox', 'cat', '/shared')
    matches(run().stderr, /Permission denied/)
    equal(run('--group-add', 'keep-groups').stdout, 'shared\n')
  })
  await check('rootless: crun under cgroupfs below a delegated group sets limits', () => {
    const run = '--runtime crun --cgroup-manager cgroupfs run --rm --network none --memory 64m busybox'
    const scope = 'systemd-run --user --scope --quiet -p Delegate=yes'
    const { stdout, stderr } = user.shell(`${scope} ${gantryProgram} ${run} cat /sys/fs/cgroup/memory.max`)
    if (stdout !== `${64 << 20}\n`) throw new Error(`${stdout}${stderr}`)
  })
}
