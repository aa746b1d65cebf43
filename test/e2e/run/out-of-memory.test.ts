// What the kernel kills for want of memory is said to be so, on cgroup v1 as on v2.

import { expect } from 'vitest'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const eater = ['sh', '-c', 'x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done']

realTest('out of memory: exit code 137, OOMKilled, and the events oom and died', async () => {
  const words = ['run', '--network', 'none', '--memory', '20m', '--name', 'greedy', busyboxName, ...eater]
  expect((await world.box.try(words)).code).toBe(137)
  expect((await world.box.inspect('greedy')).State).toMatchObject({ Status: 'exited', ExitCode: 137, OOMKilled: true })
  const filters = ['--filter', 'container=greedy', '--format', '{{.Status}} {{.ContainerExitCode}}']
  const events = await world.box.ok(['events', '--stream=false', '--since', '5m', ...filters])
  expect(events.split('\n').slice(-3).join('; ')).toMatch(/^oom .*; died 137; cleanup /)
  await world.box.ok(['rm', 'greedy'])
})

realTest('a process killed beside the first one does not end the container, but its end says so', async () => {
  const script = `${eater[2]} & wait $!; echo survived`
  const words = [
    'run',
    '--network',
    'none',
    '--memory',
    '20m',
    '--name',
    'parent',
    busyboxName,
    'sh',
    '-c',
    `(${script})`,
  ]
  const { code, stdout } = await world.box.try(words)
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'survived\n' })
  expect((await world.box.inspect('parent')).State).toMatchObject({ ExitCode: 0, OOMKilled: true })
  await world.box.ok(['rm', 'parent'])
})

realTest('a kill by a signal of somebody’s is none', async () => {
  const flags = ['--network', 'none', '--memory', '20m', '--name', 'modest']
  await world.box.ok(['run', '-d', ...flags, busyboxName, 'sleep', '1000'])
  await world.box.ok(['kill', 'modest'])
  await world.box.ok(['wait', 'modest'])
  expect((await world.box.inspect('modest')).State).toMatchObject({ ExitCode: 137, OOMKilled: false })
  await world.box.ok(['rm', 'modest'])
})
