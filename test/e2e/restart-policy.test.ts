// Restart policies over time: pauses, starts that fail, pods. What of them can be counted without waiting is in test/unit/spec/restart.test.ts.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { leftovers } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxName as busybox } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const patience = { timeout: 30_000, interval: 100 }

afterEach(async () => {
  await shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0'])
  await shared.box.ok(['rm', '--all', '--force', '--time', '0'])
})

/** Reads only: nothing to check afterwards. */
const reading = { isChecked: false }

async function stateOf(name: string) {
  const shown = await shared.box.ok(['inspect', '--format', '{{.State.Status}} {{.RestartCount}}', name], reading)
  const [status, count] = shown.split(' ')
  return { status, count: Number(count) }
}

/** Nanoseconds, by what has happened. `name` is no beginning of an id. */
async function eventsOf(name: string, ...kinds: string[]) {
  const format = '{{.Status}} {{.TimeNano}}'
  const filters = [`container=${name}`, ...kinds.map((kind) => `event=${kind}`)].flatMap((one) => ['--filter', one])
  const lines = await shared.box.ok(['events', '--stream=false', ...filters, '--format', format], reading)
  return lines.split('\n').map((line) => ({ kind: line.split(' ')[0], ns: BigInt(line.split(' ')[1] ?? 0) }))
}

function controlFolder(name: string): string {
  const folder = join(shared.box.folder, name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Nobody is at work for a container any more. */
async function untilQuiet(): Promise<void> {
  await expect.poll(() => leftovers(shared.box.folder), patience).toEqual([])
}

describe('a restart', () => {
  test('waits twice as long each time, as often as on-failure:N says, and not at all after a stop', async () => {
    const { box } = shared
    await box.ok(['run', '-d', '--network', 'none', '--name', 'counted', '--restart', 'on-failure:3', busybox, 'false'])
    await untilQuiet()
    expect(await stateOf('counted')).toEqual({ status: 'exited', count: 3 })
    const seen = await eventsOf('counted', 'start', 'died')
    expect(seen.map(({ kind }) => kind)).toEqual(Array(4).fill(['start', 'died']).flat())
    const times = (kind: string) => seen.filter((event) => event.kind === kind).map(({ ns }) => ns)
    const pauses = times('start')
      .slice(1)
      .map((ns, index) => Number(ns - (times('died')[index] as bigint)) / 1e6)
    for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(100 * 2 ** index)

    await box.ok(['run', '-d', '--network', 'none', '--name', 'stopped', '--restart', 'always', busybox, 'false'])
    await expect.poll(async () => (await stateOf('stopped')).count, patience).toBeGreaterThanOrEqual(3)
    await box.ok(['stop', 'stopped'])
    const stopped = await stateOf('stopped')
    await untilQuiet()
    expect(await stateOf('stopped')).toEqual({ ...stopped, status: 'exited' })
  })

  test('that fails is tried again, and does not count', async () => {
    const { box } = shared
    const [control, source] = [controlFolder('control'), controlFolder('source')]
    const script = 'until [ -e /control/end ]; do sleep 0.05; done; rm /control/end; exit 3'
    const mounts = ['--volume', `${control}:/control`, '--volume', `${source}:/source`]
    const words = ['run', '-d', '--network', 'none', '--name', 'retried', '--restart', 'on-failure:1', ...mounts]
    await box.ok([...words, busybox, 'sh', '-c', script])
    renameSync(source, `${source}.away`)
    writeFileSync(join(control, 'end'), '')
    await expect.poll(async () => (await eventsOf('retried', 'restart')).length, patience).toBeGreaterThanOrEqual(2)
    expect(await stateOf('retried')).toEqual({ status: 'exited', count: 0 })
    renameSync(`${source}.away`, source)
    await box.ok(['wait', '--condition', 'running', 'retried'])
    expect(await stateOf('retried')).toEqual({ status: 'running', count: 1 })
    writeFileSync(join(control, 'end'), '')
    await untilQuiet()
    expect(await stateOf('retried')).toEqual({ status: 'exited', count: 1 })
  })
})

describe('in a pod', () => {
  test('each container counts for itself, and anew when the pod is started', async () => {
    const { box } = shared
    await box.ok(['pod', 'create', '--name', 'p', '--network', 'none', '--restart', 'on-failure:2'])
    await box.ok(['create', '--pod', 'p', '--name', 'one', busybox, 'false'])
    await box.ok(['create', '--pod', 'p', '--name', 'other', busybox, 'sh', '-c', 'sleep 0.1; exit 1'])
    await box.ok(['create', '--pod', 'p', '--name', 'ends', busybox, 'true'])
    const names = ['one', 'other', 'ends']
    const counts = async () => box.ok(['inspect', '--format', '{{.RestartCount}}', ...names], reading)
    for (const round of ['first', 'second']) {
      await box.ok(['pod', 'start', 'p'])
      await expect.poll(async () => `${round} ${await counts()}`, patience).toBe(`${round} 2\n2\n0`)
      await box.ok(['pod', 'stop', '--time', '0', 'p'])
    }
    await untilQuiet()
    expect(await counts()).toBe('2\n2\n0')
  })

  test('of exit policy stop, the infra container stays while another one waits for its restart', async () => {
    const { box } = shared
    const control = controlFolder('pod')
    const volume = ['--volume', `${control}:/control`]
    await box.ok([
      'pod',
      'create',
      '--name',
      'p',
      '--network',
      'none',
      '--exit-policy',
      'stop',
      '--infra-name',
      'infra',
    ])
    const failing = 'until [ -e /control/good ]; do exit 1; done; until [ -e /control/end ]; do sleep 0.05; done'
    await box.ok([
      'create',
      '--pod',
      'p',
      '--name',
      'waiting',
      '--restart',
      'on-failure',
      ...volume,
      busybox,
      'sh',
      '-c',
      failing,
    ])
    const ending = 'until [ -e /control/first ]; do sleep 0.05; done'
    await box.ok(['create', '--pod', 'p', '--name', 'ending', ...volume, busybox, 'sh', '-c', ending])
    await box.ok(['pod', 'start', 'p'])
    await expect.poll(async () => (await stateOf('waiting')).count, patience).toBeGreaterThanOrEqual(3)
    writeFileSync(join(control, 'first'), '')
    await box.ok(['wait', 'ending'])
    const monitors = () => leftovers(box.folder).filter((line) => /cleanup/.test(line))
    await expect.poll(async () => (await eventsOf('ending', 'cleanup')).length, patience).toBe(1)
    await expect.poll(monitors, patience).toHaveLength(1)
    expect(await stateOf('infra')).toMatchObject({ status: 'running' })
    writeFileSync(join(control, 'good'), '')
    await box.ok(['wait', '--condition', 'running', 'waiting'])
    writeFileSync(join(control, 'end'), '')
    await box.ok(['wait', 'infra'])
    await untilQuiet()
    expect(await eventsOf('infra', 'start')).toHaveLength(1)
  })
})
