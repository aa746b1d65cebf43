// --sdnotify: what the service manager behind NOTIFY_SOCKET hears, and what the container finds of it.

import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { notifyProgram } from '../../native/programs.ts'
import { openBox } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { notifySocket } from '../../support/notify-socket.ts'
import { requires } from '../../support/requires.ts'
import { testUser } from '../../support/user.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const flags = ['--network', 'none', '-v', `${notifyProgram()}:/notify:ro`]
let count = 0

async function listen(path = join(world.box.folder, `notify-${++count}.sock`)) {
  const { messages, ...socket } = await notifySocket(path)
  onTestFinished(() => socket[Symbol.dispose]())
  return { messages, path, env: { NOTIFY_SOCKET: path } }
}

async function monitorOf(name: string): Promise<string> {
  return world.box.ok(['inspect', '-f', '{{.State.ConmonPid}}', name])
}

realTest('container: its own words come after the main process', async () => {
  const { env, path, messages } = await listen()
  const script = '/notify READY=0 "STATUS=x\nREADY=1" WATCHDOG=1 MAINPID=1; echo $NOTIFY_SOCKET; sleep 1000'
  const words = ['run', '-d', '--name', 'own', ...flags, busyboxName, 'sh', '-c', script]
  await world.box.ok(words, { env })
  expect((await messages(3)).slice(0, 3)).toEqual([`MAINPID=${await monitorOf('own')}`, 'READY=1', 'WATCHDOG=1'])
  expect(await world.box.ok(['logs', 'own'])).toBe('/run/notify/notify.sock')
  const shown = ['inspect', '-f', '{{.Config.SdNotifyMode}} {{.Config.SdNotifySocket}}', 'own']
  expect(await world.box.ok(shown)).toBe(`container ${path}`)
  expect((await world.box.try(['exec', 'own', 'touch', '/run/notify/x'])).stderr).toMatch(/Read-only/)
  await world.box.ok(['rm', '-f', '-t', '0', 'own'])
})

realTest('container: what it says last is not lost, and is said by a start, too', async () => {
  const { env, messages } = await listen()
  await world.box.ok(['create', '--name', 'last', ...flags, busyboxName, '/notify', 'READY=1'])
  await world.box.ok(['start', '-a', 'last'], { env })
  await world.box.ok(['start', '-a', 'last'], { env })
  expect(await messages(4)).toEqual([/MAINPID=\d+/, 'READY=1', /MAINPID=\d+/, 'READY=1'].map(matching))
  await world.box.ok(['rm', 'last'])
})

realTest('container: its root may be another user outside', async () => {
  const { env, messages } = await listen()
  const mapped = ['--uidmap', '0:200000:65536', '--user', '1000']
  await world.box.ok(['run', '--rm', ...flags, ...mapped, busyboxName, '/notify', 'READY=1'], { env })
  expect((await messages(2))[1]).toBe('READY=1')
})

realTest('conmon: ready when it runs, and nothing inside', async () => {
  const { env, messages } = await listen()
  const words = ['--sdnotify', 'conmon', ...flags, busyboxName, 'sh', '-c', 'echo "[$NOTIFY_SOCKET]"; sleep 1000']
  await world.box.ok(['run', '-d', '--name', 'conmon', ...words], { env })
  expect(await messages(1)).toEqual([`MAINPID=${await monitorOf('conmon')}\nREADY=1`])
  expect(await world.box.ok(['logs', 'conmon'])).toBe('[]')
  await world.box.ok(['rm', '-f', '-t', '0', 'conmon'])
})

realTest('a container that was created first tells when it is started', async () => {
  const { env, messages } = await listen()
  await world.box.ok(['create', '--name', 'split', '--sdnotify', 'conmon', ...flags, busyboxName, 'sleep', '1000'], {
    env,
  })
  await world.box.ok(['container', 'init', 'split'])
  await world.box.ok(['start', 'split'])
  expect(await messages(1)).toEqual([`MAINPID=${await monitorOf('split')}\nREADY=1`])
  await world.box.ok(['rm', '-f', '-t', '0', 'split'])
})

realTest('ignore: nothing to anybody', async () => {
  const { env, messages } = await listen()
  const words = ['--rm', '--sdnotify', 'ignore', ...flags, busyboxName, 'sh', '-c', 'echo "[$NOTIFY_SOCKET]"']
  expect(await world.box.ok(['run', ...words], { env })).toBe('[]')
  await world.box.ok(['run', '--rm', '--sdnotify', 'conmon', ...flags, busyboxName, 'true'], { env })
  expect(await messages(1)).toEqual([expect.stringMatching(/^MAINPID=\d+\nREADY=1$/)])
})

realTest('an abstract socket; one that is not there is told of', async () => {
  const { env, messages } = await listen(`@gantry-notify-${process.pid}`)
  await world.box.ok(['run', '--rm', '--sdnotify', 'conmon', ...flags, busyboxName, 'true'], { env })
  await world.box.ok(['create', '--name', 'abstract', ...flags, busyboxName, 'true'], { env })
  await world.box.ok(['container', 'init', 'abstract'])
  await world.box.ok(['start', '-a', 'abstract'])
  expect(await messages(2)).toEqual([/^MAINPID=\d+\nREADY=1$/, /^MAINPID=\d+$/].map(matching))
  await world.box.ok(['rm', 'abstract'])
  const absent = { NOTIFY_SOCKET: '/nonexistent/notify' }
  const { code, stderr } = await world.box.try(['run', '--rm', ...flags, busyboxName, 'true'], { env: absent })
  expect([code, stderr]).toEqual([0, expect.stringContaining('/nonexistent/notify')])
})

realTest('healthy and nonsense are refused', async () => {
  for (const mode of ['healthy', 'perhaps']) {
    const { code, stderr } = await world.box.try(['create', '--sdnotify', mode, busyboxName])
    expect([code, stderr]).toEqual([125, expect.stringContaining(mode)])
  }
})

realTest('an ordinary user', async () => {
  await using box = openBox({ user: testUser('gantry-rootless') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  using socket = await notifySocket(join(box.folder, 'notify.sock'))
  chmodSync(socket.path, 0o666)
  const env = { NOTIFY_SOCKET: socket.path }
  await box.ok(['run', '--rm', ...flags, busyboxName, '/notify', 'READY=1'], { env })
  expect(await socket.messages(2)).toEqual([expect.stringMatching(/^MAINPID=\d+$/), 'READY=1'])
})

function matching(pattern: RegExp | string): unknown {
  return typeof pattern === 'string' ? pattern : expect.stringMatching(pattern)
}
