// root, with systemd's scopes in machine.slice.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { gantryProgram, root } from './caller.ts'
import { check, equal, eventually } from './check.ts'
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
} from './containers.ts'
import { checkPod } from './pods.ts'

export async function checkRoot(): Promise<void> {
  await check('root: load and run the busybox image', () => {
    root.ok('load', '-i', '/mnt/busybox.tar')
    equal(root.ok('run', '--rm', '--network', 'none', 'busybox', 'echo', 'hello'), 'hello')
  })
  await checkScope()
  await checkEnds()
  await checkCgroupfs()
  await checkCrun()
  await checkPod('root', root)
  await check('root: nothing is left', async () => {
    equal(root.ok('ps', '--all', '--quiet'), '')
    equal(root.ok('system', 'check'), '')
    await eventually('no scope is left', () => scopes('system').length === 0)
  })
}

async function checkScope(): Promise<void> {
  await check('root: a systemd scope in machine.slice, with limits that hold inside', () => {
    const id = runDetached(root, 'limits', ...limits)
    equal(cgroupOf(root, 'limits'), `/machine.slice/gantry-${id}.scope`)
    checkLimitsInside(root, 'limits')
  })
  await check('root: the usual seccomp profile, in two filters', () => checkCallFilters(root, 'limits'))
  await check('root: update changes the limits, stats shows them', () => checkUpdate(root, 'limits'))
  await check('root: --cgroups=split stays below the service that it was started in', () => {
    const service = ['--quiet', '--wait', '--pipe', '--collect', '--unit=splitting', '-p', 'Delegate=yes']
    const flags = ['--rm', '--network', 'none', '--cgroups=split', '--cgroupns=host', '--memory', '64m']
    const words = [...service, gantryProgram, 'run', ...flags, 'busybox', 'cat', '/proc/self/cgroup']
    const told = execFileSync('systemd-run', words, { encoding: 'utf8' }).trim()
    if (!/^0::\/system\.slice\/splitting\.service\/gantry-payload-[0-9a-f]{64}$/.test(told)) throw new Error(told)
  })
  await check('root: the monitor is not in the service that started it', () => {
    for (const pid of monitors()) {
      const group = cgroupOfProcess(pid)
      if (!group.startsWith('/machine.slice/gantry-monitor-')) throw new Error(`the monitor is in ${group}`)
    }
  })
  await check('root: pause freezes the cgroup, unpause thaws it', () => {
    const group = cgroupOf(root, 'limits')
    root.ok('pause', 'limits')
    equal(status(root, 'limits'), 'paused')
    equal(isFrozen(group), true)
    root.ok('unpause', 'limits')
    equal(status(root, 'limits'), 'running')
    equal(isFrozen(group), false)
  })
  await check('root: rm -f of a paused container', () => {
    root.ok('pause', 'limits')
    root.ok('rm', '-f', '-t', '0', 'limits')
  })
}

async function checkEnds(): Promise<void> {
  await check('root: kill leaves no scope', async () => {
    const id = runDetached(root, 'ends')
    equal(scopes('system').includes(`gantry-${id}.scope`), true)
    root.ok('kill', 'ends')
    root.ok('wait', 'ends')
    await eventually('the scopes are gone', () => scopes('system').length === 0)
    equal(status(root, 'ends'), 'exited')
  })
  await check('root: start again, stop leaves no scope', async () => {
    root.ok('start', 'ends')
    root.ok('stop', '-t', '1', 'ends')
    await eventually('the scopes are gone', () => scopes('system').length === 0)
    equal(root.ok('system', 'check'), '')
  })
  await check('root: rm -f leaves no scope', async () => {
    root.ok('start', 'ends')
    root.ok('rm', '-f', '-t', '0', 'ends')
    await eventually('the scopes are gone', () => scopes('system').length === 0)
  })
  await check('root: out of memory is recorded', async () => {
    checkOutOfMemory(root)
    await eventually('no failed scope stays', () => scopes('system').length === 0)
  })
}

async function checkCgroupfs(): Promise<void> {
  const plain = ['--cgroup-manager', 'cgroupfs']
  await check('root: the cgroupfs manager sets limits too', () => {
    const flags = ['-d', '--name', 'plain', '--network', 'none', ...limits]
    const id = root.ok(...plain, 'run', ...flags, 'busybox', 'sleep', '1000')
    equal(cgroupOf(root, 'plain'), `/gantry/gantry-${id}`)
    checkLimitsInside(root, 'plain')
    root.ok(...plain, 'rm', '-f', '-t', '0', 'plain')
    equal(existsSync(`/sys/fs/cgroup/gantry/gantry-${id}`), false)
  })
  await check('root: out of memory under the cgroupfs manager is recorded', () => checkOutOfMemory(root, ...plain))
}

async function checkCrun(): Promise<void> {
  await check('root: crun, with limits, exec, pause and stop', async () => {
    const flags = ['-d', '--name', 'other', '--network', 'none', ...limits]
    const id = root.ok('--runtime', 'crun', 'run', ...flags, 'busybox', 'sleep', '1000')
    equal(cgroupOf(root, 'other').startsWith(`/machine.slice/gantry-${id}.scope`), true)
    checkLimitsInside(root, 'other')
    root.ok('pause', 'other')
    root.ok('unpause', 'other')
    root.ok('stop', '-t', '1', 'other')
    root.ok('rm', 'other')
    await eventually('the scopes are gone', () => scopes('system').length === 0)
  })
  await check('root: crun under the cgroupfs manager, with limits, exec, pause and stop', () => {
    const plain = ['--runtime', 'crun', '--cgroup-manager', 'cgroupfs']
    const flags = ['-d', '--name', 'other', '--network', 'none', ...limits]
    const id = root.ok(...plain, 'run', ...flags, 'busybox', 'sleep', '1000')
    const group = `/gantry/gantry-${id}`
    equal(cgroupOf(root, 'other').startsWith(group), true)
    checkLimitsInside(root, 'other')
    root.ok(...plain, 'pause', 'other')
    root.ok(...plain, 'unpause', 'other')
    root.ok(...plain, 'stop', '-t', '1', 'other')
    equal(existsSync(`/sys/fs/cgroup${group}`), false)
    root.ok(...plain, 'rm', 'other')
  })
  await check('root: crun passes on the descriptors that are named, and no others', () => {
    const gantry = `${gantryProgram} --runtime crun`
    const flags = '--preserve-fd 9,40'
    const open = '9<<<nine 10</dev/null 40<<<forty'
    const script = `sh -c 'cat <&9; cat <&40; test -e /proc/self/fd/10 || echo closed'`
    const bash = (line: string) => execFileSync('bash', ['-c', line], { encoding: 'utf8' })
    equal(bash(`${gantry} run --rm --network none ${flags} busybox ${script} ${open}`), 'nine\nforty\nclosed\n')
    root.ok('--runtime', 'crun', 'run', '-d', '--name', 'fds', '--network', 'none', 'busybox', 'sleep', '1000')
    equal(bash(`${gantry} exec ${flags} fds ${script} ${open}`), 'nine\nforty\nclosed\n')
    root.ok('rm', '-f', '-t', '0', 'fds')
  })
  await check('root: out of memory under crun is recorded', () => checkOutOfMemory(root, '--runtime', 'crun'))
}
