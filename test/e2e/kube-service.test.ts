// kube play --service-container: one container that comes and goes with the pods of a manifest, and what a service manager hears.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { notifyProgram } from '../native/programs.ts'
import { type Box, finish } from '../support/box.ts'
import { busyboxBox } from '../support/busybox-box.ts'
import { busyboxContainer as container, documents, podManifest } from '../support/kube.ts'
import { notifySocket } from '../support/notify-socket.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay')
const shared = busyboxBox()
const sleeping = 'trap exit TERM; while :; do sleep 0.1; done'

afterEach(async () => shared.box.ok(['pod', 'rm', '--all', '--force', '--time', '0']))

/** Resolves to the name of the service container. */
async function play(box: Box, text: string, { env = {}, flags = [] as string[] } = {}): Promise<string> {
  await box.ok(['kube', 'play', '--network', 'none', '--service-container', ...flags, '-'], { stdin: text, env })
  return (await box.ok(['ps', '-a', '--filter', 'name=-service', '--format', '{{.Names}}'])).trim()
}

async function stateOf(box: Box, name: string): Promise<string> {
  return box.ok(['inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', name])
}

describe('kube play --service-container', () => {
  test('runs as long as one of the pods does, starts and goes with them, and cannot be removed before', async () => {
    const { box } = shared
    const one = (name: string) => podManifest(name, { containers: [container('c', sleeping)] })
    const service = await play(box, documents(one('p'), one('q')))
    expect(service).toMatch(/^[0-9a-f]{12}-service$/)
    const shown = ['inspect', '--format', '{{.IsService}} {{.KubeExitCodePropagation}} {{.Config.SdNotifyMode}}']
    expect(await box.ok([...shown, service])).toBe('true none ignore')
    expect(await box.try(['rm', '--force', service])).toMatchObject({
      code: 125,
      stderr: expect.stringMatching(/is the service container of pod\(s\) \w+,\w+ and cannot be removed without/),
    })
    await box.ok(['pod', 'stop', 'p'])
    expect(await stateOf(box, service)).toBe('running 0')
    await box.ok(['stop', 'q-c'])
    await box.ok(['wait', service])
    expect(await stateOf(box, service)).toBe('exited 0')
    await box.ok(['pod', 'restart', 'p'])
    expect(await stateOf(box, service)).toBe('running 0')
    await box.ok(['pod', 'rm', '--force', 'p'])
    await box.ok(['container', 'exists', service])
    await box.ok(['pod', 'rm', 'q'])
    expect((await box.try(['container', 'exists', service])).code).toBe(1)
  })

  test.each([
    ['all', ['true', 'false'], 0],
    ['any', ['true', 'false'], 137],
  ])('with exit codes of %s, containers that run %j end it with %d', async (policy, commands, code) => {
    const { box } = shared
    const text = podManifest('p', { containers: commands.map((command, index) => container(`c${index}`, command)) })
    const service = await play(box, text, { flags: [`--service-exit-code-propagation=${policy}`] })
    expect(await box.ok(['wait', service])).toBe(String(code))
    await box.ok(['kube', 'down', '-'], { stdin: text })
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })

  test('tells the manager of its monitor; of us, who wait, where containers say that they are ready', async () => {
    const { box } = shared
    using socket = await notifySocket(join(box.folder, 'manager'))
    const env = { NOTIFY_SOCKET: socket.path }
    const plain = podManifest('p', { containers: [container('c', sleeping)] })
    const service = await play(box, plain, { env })
    const monitor = await box.ok(['inspect', '--format', '{{.State.ConmonPid}}', service])
    expect(await socket.messages(1)).toEqual([`MAINPID=${monitor}\nREADY=1`])
    await box.ok(['kube', 'down', '-'], { stdin: plain })

    const volumes = [{ name: 'programs', hostPath: { path: box.folder } }]
    const until = (file: string) => `until [ -e /programs/${file} ]; do sleep 0.1; done`
    const script = `${until('go')}; /programs/notify READY=1; ${until('end')}; exit 3`
    const speaking = container('c', script, { volumeMounts: [{ name: 'programs', mountPath: '/programs' }] })
    copyFileSync(notifyProgram(), join(box.folder, 'notify'))
    const text = podManifest(
      'q',
      { containers: [speaking], volumes },
      { annotations: { 'io.containers.sdnotify': 'container' } },
    )
    const words = ['--network', 'none', '--service-container', '--service-exit-code-propagation=all', '-']
    const playing = box.start(['kube', 'play', ...words], { env, stdin: text })
    playing.stdin?.end(text)
    const ended = finish(playing)
    writeFileSync(join(box.folder, 'go'), '')
    expect(await socket.messages(2)).toEqual([expect.anything(), `MAINPID=${playing.pid}\nREADY=1`])
    writeFileSync(join(box.folder, 'end'), '')
    expect((await ended).code).toBe(137)
  })

  test('a container that ends before it is ready is told of, and leaves its pod', async () => {
    const { box } = shared
    const annotations = { 'io.containers.sdnotify/c': 'container' }
    const text = podManifest('p', { containers: [container('c', 'exit 0')] }, { annotations })
    const played = await box.try(['kube', 'play', '--network', 'none', '--service-container', '-'], { stdin: text })
    expect(played).toMatchObject({ code: 125, stderr: expect.stringMatching(/ended without saying READY=1/) })
    await box.ok(['kube', 'down', '-'], { stdin: text })
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })
})
