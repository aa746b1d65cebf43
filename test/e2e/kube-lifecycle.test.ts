// lifecycle of a manifest's containers: what runs in them after their start and before their stop.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxContainer as container, podManifest } from '../support/kube.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const play = ['kube', 'play', '--network', 'none', '--strict', '-']

afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

const shell = (script: string) => ({ exec: { command: ['sh', '-c', script] } })

describe('lifecycle', () => {
  test('postStart ends before the start does, preStop before the stop signal; both have the container’s environment', async () => {
    const { box } = shared
    const log = join(box.folder, 'log')
    writeFileSync(log, '')
    const said = () => readFileSync(log, 'utf8').split('\n').filter(Boolean)
    const lifecycle = {
      postStart: shell('sleep 0.5; echo post $WORD >> /log'),
      preStop: shell('echo pre >> /log'),
      stopSignal: 'SIGUSR1',
    }
    const volumes = [{ name: 'log', hostPath: { path: log, type: 'File' } }]
    const script = 'trap "echo end >> /log; exit" USR1; while :; do sleep 0.1; done'
    const one = container('c', script, {
      env: [{ name: 'WORD', value: 'start' }],
      lifecycle,
      volumeMounts: [{ name: 'log', mountPath: '/log' }],
    })
    const spec = { containers: [one], volumes, terminationGracePeriodSeconds: 20 }
    const annotations = { 'bind-mount-options': `${log}:z` }
    await box.ok(play, { stdin: podManifest('p', spec, { annotations }) })
    expect(said()).toEqual(['post start'])
    expect(await box.ok(['inspect', '--format', '{{(index .Mounts 0).Mode}}', 'p-c'])).toBe('z')
    const generated = await box.ok(['kube', 'generate', 'p'])
    for (const word of ['postStart:', 'preStop:', `bind-mount-options: ${log}:z`]) expect(generated).toContain(word)
    await box.ok(['pod', 'stop', 'p'])
    expect(said()).toEqual(['post start', 'pre', 'end'])
    await box.ok(['pod', 'start', 'p'])
    await box.ok(['restart', 'p-c'])
    expect(said().slice(3)).toEqual(['post start', 'pre', 'end', 'post start'])
  })

  test('a postStart that fails ends the container; its restart policy acts, and does it again', async () => {
    const { box } = shared
    const failing = container('c', 'sleep 1000', { lifecycle: { postStart: shell('echo no luck; exit 3') } })
    const text = podManifest('p', { containers: [failing] })
    const played = await box.try(play, { stdin: text })
    expect(played).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('postStart hook of container p-c ended with exit code 3: no luck'),
    })
    await box.ok(['wait', 'p-c'])
    expect(await box.ok(['inspect', '--format', '{{.State.ExitCode}}', 'p-c'])).toBe('137')

    const counting = 'n=$(cat /n 2>/dev/null || echo 0); echo $((n + 1)) > /n; [ $n = 2 ]'
    const again = container('c', 'sleep 1000', { lifecycle: { postStart: shell(counting) } })
    await box.try(play, { stdin: podManifest('q', { containers: [again], restartPolicy: 'OnFailure' }) })
    await expect.poll(async () => (await box.try(['exec', 'q-c', 'cat', '/n'])).stdout, { timeout: 20_000 }).toBe('3\n')
    expect(await box.ok(['inspect', '--format', '{{.State.Status}} {{.RestartCount}}', 'q-c'])).toBe('running 2')
  })

  test('a preStop that takes too long is killed within the grace period, and told of', async () => {
    const { box } = shared
    const lifecycle = { preStop: shell('sleep 1000'), postStart: { sleep: { seconds: 0 } } }
    const spec = { containers: [container('c', 'sleep 1000', { lifecycle })], terminationGracePeriodSeconds: 1 }
    await box.ok(play, { stdin: podManifest('p', spec) })
    const stopped = await box.try(['stop', 'p-c'], { timeoutMs: 30_000 })
    expect(stopped).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('preStop hook of container p-c took too long'),
    })
    expect(await box.ok(['inspect', '--format', '{{.State.ExitCode}}', 'p-c'])).toBe('137')
  })
})

describe('sidecars', () => {
  const share = { volumeMounts: [{ name: 'log', mountPath: '/log' }] }
  const telling = (name: string) => `trap "echo ${name} >> /log; exit 0" TERM; while :; do sleep 0.1; done`
  const sidecar = (name: string) => container(name, telling(name), { ...share, restartPolicy: 'Always' })

  function logOf(box: { readonly folder: string }, name: string) {
    const log = join(box.folder, name)
    writeFileSync(log, '')
    const volumes = [{ name: 'log', hostPath: { path: log, type: 'File' } }]
    return { volumes, said: () => readFileSync(log, 'utf8').split('\n').filter(Boolean) }
  }

  test('end with the last of the others, the newest first, and so does their pod', async () => {
    const { box } = shared
    const { volumes, said } = logOf(box, 'ended')
    const main = container('main', 'sleep 1; echo main >> /log', share)
    const spec = { initContainers: [sidecar('one'), sidecar('two')], containers: [main], volumes }
    await box.ok([...play.slice(0, -1), '--wait', '-'], {
      stdin: podManifest('p', { ...spec, terminationGracePeriodSeconds: 10 }),
    })
    expect(said()).toEqual(['main', 'two', 'one'])
  })

  test('are stopped after the others', async () => {
    const { box } = shared
    const { volumes, said } = logOf(box, 'stopped')
    const main = container('main', telling('main'), share)
    const spec = { initContainers: [sidecar('one'), sidecar('two')], containers: [main], volumes }
    await box.ok(play, { stdin: podManifest('p', { ...spec, terminationGracePeriodSeconds: 10 }) })
    await box.ok(['pod', 'stop', 'p'])
    expect(said()).toEqual(['main', 'two', 'one'])
    expect(await box.ok(['pod', 'ps', '--format', '{{.Status}}'])).toBe('Exited')
  })
})
