// What the checks share: containers that cost little to start without KVM, and their control groups seen from inside and outside.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Answer, Caller } from './caller.ts'
import { equal } from './check.ts'

const cheap = ['--network', 'none']
export const limits = ['--memory', '64m', '--cpus', '0.5', '--pids-limit', '77']
const limitsInside = `${64 << 20}\n50000 100000\n77\n0::/`
/** Doubles a string until the kernel's patience ends. */
const eatMemory = 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done'

export function tryRun(as: Caller, flags: string[], ...command: string[]): Answer {
  return as.try('run', ...cheap, ...flags, 'busybox', ...command)
}

/** The container's id. */
export function runDetached(as: Caller, name: string, ...flags: string[]): string {
  return as.ok('run', '-d', '--name', name, ...cheap, ...flags, 'busybox', 'sleep', '1000')
}

/** Of a container that was started with `limits`: they are there, and its processes, those of an exec too, see no more than its own group. */
export function checkLimitsInside(as: Caller, container: string): void {
  const script = 'cd /sys/fs/cgroup && cat memory.max cpu.max pids.max /proc/self/cgroup'
  equal(as.ok('exec', container, 'sh', '-c', script), limitsInside)
}

/** The usual seccomp profile comes in two filters, also for an exec. */
export function checkCallFilters(as: Caller, container: string): void {
  const filters = ['sh', '-c', 'grep Seccomp_filters /proc/1/status /proc/self/status | cut -f2']
  equal(as.ok('exec', container, ...filters), '2\n2')
}

/** At once, as the group says; and as stats does. Afterwards they are `limits` again. */
export function checkUpdate(as: Caller, container: string): void {
  as.ok('update', '--memory', '96m', '--cpus', '0.25', '--pids-limit', '55', container)
  const script = 'cd /sys/fs/cgroup && cat memory.max cpu.max pids.max'
  equal(as.ok('exec', container, 'sh', '-c', script), `${96 << 20}\n25000 100000\n55`)
  const told = as.ok('stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}} {{.PIDs}}', container)
  if (!/^\S+ \S+ \/ 100\.7MB 1$/.test(told)) throw new Error(`stats says ${told}`)
  as.ok('update', ...limits, container)
}

export function cgroupOfProcess(pid: string): string {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().replace(/^0::/, '')
}

export function cgroupOf(as: Caller, container: string): string {
  return cgroupOfProcess(as.ok('inspect', '--format', '{{.State.Pid}}', container))
}

export function status(as: Caller, container: string): string {
  return as.ok('inspect', '--format', '{{.State.Status}}', container)
}

export function isFrozen(group: string): boolean {
  return /^frozen 1$/m.test(readFileSync(`/sys/fs/cgroup${group}/cgroup.events`, 'utf8'))
}

/** The kernel kills it, and the container's record says why. `flags`: global ones. */
export function checkOutOfMemory(as: Caller, ...flags: string[]): void {
  const { code, stderr } = as.try(
    ...[...flags, 'run', '--name', 'oom', ...cheap, '--memory', '32m', 'busybox', 'sh', '-c', eatMemory],
  )
  try {
    if (code !== 137) throw new Error(`exit code ${code}\n${stderr}`)
    equal(as.ok('inspect', '--format', '{{.State.OOMKilled}}', 'oom'), 'true')
  } finally {
    as.ok('rm', 'oom')
  }
}

/** Loaded scopes of containers, failed ones too, and of their monitors. */
export function scopes(manager: 'system' | 'user', shell = execute): string[] {
  const words = `systemctl ${manager === 'user' ? '--user' : ''} list-units --all --plain --no-legend 'gantry-*.scope'`
  return shell(words)
    .stdout.split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /^gantry-([0-9a-f]{64}|monitor-.*)\.scope$/.test(name))
}

export function monitors(): string[] {
  return spawnSync('pgrep', ['-f', 'libexec/gantry/monitor'], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((pid) => pid !== '')
}

function execute(script: string): { readonly stdout: string } {
  return spawnSync('sh', ['-c', script], { encoding: 'utf8' })
}
