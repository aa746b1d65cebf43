// Pods where systemd manages control groups: a slice for each, whose limits hold for all that is in it.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Caller } from './caller.ts'
import { check, equal, eventually } from './check.ts'
import { cgroupOf } from './containers.ts'

export async function checkPod(who: string, caller: Caller): Promise<void> {
  await check(`${who}: a pod is a slice of systemd's, with limits that hold, and goes with it`, async () => {
    caller.ok('pod', 'create', '--network', 'none', '--memory', '64m', '--cpus', '0.5', '--name', 'limited')
    caller.ok('run', '-d', '--pod', 'limited', '--name', 'member', 'busybox', 'sleep', '1000')
    const scope = cgroupOf(caller, 'member')
    const slice = scope.slice(0, scope.lastIndexOf('/'))
    if (!/gantry_pod_[0-9a-f]{64}\.slice$/.test(slice)) throw new Error(scope)
    const read = (file: string) => readFileSync(join('/sys/fs/cgroup', slice, file), 'utf8').trim()
    equal(read('memory.max'), String(64 * 1024 * 1024))
    equal(read('cpu.max'), '50000 100000')
    caller.ok('pod', 'stop', '-t', '1', 'limited')
    caller.ok('pod', 'start', 'limited')
    equal(read('memory.max'), String(64 * 1024 * 1024))
    caller.ok('pod', 'rm', '-f', '-t', '0', 'limited')
    await eventually('the slice is gone', () => !existsSync(join('/sys/fs/cgroup', slice)))
    equal(caller.ok('system', 'check'), '')
  })
}
