// sd_notify(3) through the monitor, with a container that says more than it should.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notifySocket } from '../support/notify-socket.ts'
import { appeared, monitored, newFolder } from './monitored.ts'
import { notifyProgram } from './programs.ts'

const prepare = (run: string) => mkdirSync(join(run, 'notify'))

function payloadOf(folder: string, script: string): string {
  return `export NOTIFY_SOCKET=${folder}/run/notify/notify.sock; notify() { ${notifyProgram()} "$@"; }; ${script}`
}

test('passes on readiness and the watchdog’s sign, line by line, and nothing else', async () => {
  const folder = newFolder()
  using socket = await notifySocket(join(folder, 'manager'))
  const settings = [`notify-socket=${socket.path}`, 'notify-relay=1']
  const long = `$(printf %09000d 0)`
  const script = `notify "" "XREADY=1" "READY=11" "${long}" MAINPID=1; notify "A=1
READY=1" WATCHDOG=1; exit 3`
  await using monitor = await monitored({ folder, prepare, settings, payload: payloadOf(folder, script) })
  expect(await monitor.client.exit).toMatchObject({ exitCode: 3 })
  const first = await socket.messages(2)
  // In one message or two: as the monitor comes to it.
  const told = first[1]?.includes('WATCHDOG') === true ? first : await socket.messages(3)
  expect(told[0]).toBe(`MAINPID=${monitor.report.monitorPid}`)
  expect(told.slice(1).join('\n')).toBe('READY=1\nWATCHDOG=1')
})

test('a flood, and a manager that is gone, stop nothing', async () => {
  const folder = newFolder()
  const settings = [`notify-socket=${folder}/nobody`, 'notify-relay=1', 'notify-ready=1']
  const script = `for i in $(seq 50); do notify READY=1 WATCHDOG=1 READY=1 WATCHDOG=1; done; echo done`
  await using monitor = await monitored({ folder, prepare, settings, payload: payloadOf(folder, script) })
  expect(await monitor.client.exit).toMatchObject({ exitCode: 0 })
  expect(monitor.client.stdout()).toBe('done\n')
})

test('marks readiness for whoever looks, without a manager, too', async () => {
  const folder = newFolder()
  const script = `notify STATUS=x READY=1; sleep 1000`
  const payload = payloadOf(folder, script)
  await using monitor = await monitored({ folder, prepare, settings: ['notify-relay=1'], payload })
  await appeared(join(monitor.run, 'ready'))
})

test('needs its folder', async () => {
  await using monitor = await monitored({ settings: ['notify-socket=/x', 'notify-relay=1'] })
  expect(monitor.report).toMatchObject({ status: 'failed', message: expect.stringMatching(/^notify socket/) })
})
