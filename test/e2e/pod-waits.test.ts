// Whatever a pod's start, stop or making waits for, other commands on the pod do not wait for it.

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect } from 'vitest'
import { finish } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxContainer as container, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const play = ['kube', 'play', '--network', 'none', '-']
/** Far less than what is waited for. */
const prompt = { timeoutMs: 20_000, isChecked: false }
const sleeper = 'exec sleep 1000'
const never = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1000 }
const sidecar = { restartPolicy: 'Always', startupProbe: never }

afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

const running = () => ['ps', '--format', '{{.Names}}', '--filter', 'status=running']

describe('while a start waits', () => {
  test.each([
    ['for a startup check', { initContainers: [container('x', sleeper, sidecar)] }, 'ended before its startup check'],
    ['for an init container', { initContainers: [container('x', sleeper)] }, 'was stopped'],
    [
      'for a postStart hook',
      { containers: [container('x', sleeper, { lifecycle: { postStart: { exec: { command: ['sleep', '1000'] } } } })] },
      'postStart hook',
    ],
  ])('%s, the pod is shown, and stopped', async (_, spec, trouble) => {
    const { box } = shared
    const child = box.start(play, { stdin: '' })
    const played = finish(child)
    child.stdin?.end(podManifest('p', { containers: [container('c', sleeper)], ...spec }))
    await expect.poll(async () => box.ok(running(), prompt), { timeout: 20_000 }).toMatch(/^p-x$/m)
    expect(await box.ok(['pod', 'ps', '--format', '{{.Name}} {{.Status}}'], prompt)).toMatch(/^p (Degraded|Running)$/)
    await box.ok(['pod', 'inspect', 'p'], prompt)
    await box.ok(['pod', 'stop', '--time', '0', 'p'], prompt)
    expect(await played).toMatchObject({ code: 125, stderr: expect.stringContaining(trouble) })
    expect(await box.ok(running())).toBe('')
  })
})

test('Ctrl-C ends a kube play --wait whose start waits, and cleans up', async () => {
  const { box } = shared
  const child = box.start([...play.slice(0, -1), '--wait', '-'], { stdin: '' })
  const played = finish(child)
  child.stdin?.end(
    podManifest('p', {
      initContainers: [container('x', 'trap "exit 0" TERM; while :; do sleep 0.1; done')],
      containers: [container('c', sleeper)],
    }),
  )
  await expect.poll(async () => box.ok(running(), prompt), { timeout: 20_000 }).toMatch(/^p-x$/m)
  child.kill('SIGINT')
  expect((await played).code).toBe(130)
  expect(await box.ok(['pod', 'ps', '--quiet'])).toBe('')
})

describe('while a stop waits', () => {
  test.each([
    ['kill', ['pod', 'kill', 'p']],
    ['stop', ['pod', 'stop', '--time', '0', 'p']],
    ['rm', ['pod', 'rm', '--force', '--time', '0', 'p']],
  ])('for a deaf container, pod %s ends it', async (_, words) => {
    const { box } = shared
    const deaf = container('c', 'trap "" TERM; while :; do sleep 0.1; done')
    await box.ok(play, { stdin: podManifest('p', { containers: [deaf] }) })
    const stopped = finish(box.start(['pod', 'stop', '--time', '1000', 'p']))
    await expect
      .poll(async () => box.ok(['inspect', '--format', '{{.State.Status}}', 'p-c'], prompt), { timeout: 20_000 })
      .toBe('stopping')
    await box.ok(words, prompt)
    await stopped
    expect(await box.ok(running())).toBe('')
  })
})

test('while kube play waits for a registry, the pod is removed', async () => {
  const { box } = shared
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const image = `127.0.0.1:${(mute.address() as AddressInfo).port}/mute:1`
  const child = box.start([...play.slice(0, -1), '--tls-verify=false', '-'], { stdin: '' })
  const played = finish(child)
  child.stdin?.end(podManifest('p', { containers: [{ name: 'c', image }] }))
  await once(mute, 'connection')
  await box.ok(['pod', 'rm', 'p'], prompt)
  child.kill('SIGINT')
  await played
  mute.close()
})
