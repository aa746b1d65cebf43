// Sockets that a service manager has opened for `run` and `start` (sd_listen_fds(3)) are the container's.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import { finish } from '../../support/box.ts'
import { busyboxBox } from '../../support/busybox-box.ts'
import { busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const realTest = requires('root', 'runc', 'overlay')
const world = busyboxBox()
const shown = ['sh', '-c', 'readlink /proc/self/fd/3; env | grep ^LISTEN | sort']
const told = 'LISTEN_FDNAMES=web\nLISTEN_FDS=1\nLISTEN_PID=1\n'

/** As systemd does: with the socket as descriptor 3, and the variables of the process that becomes Gantry. */
async function activated(words: readonly string[], fd: number | 'ignore') {
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web exec "$@"'
  const argv = ['-c', script, 'sh', ...world.box.argv, ...words]
  return finish(spawn('/bin/sh', argv, { env: world.box.env, stdio: ['ignore', 'pipe', 'pipe', fd] }))
}

realTest('passed on by run and start, attached or not, and not by who was given none', async () => {
  const { box } = world
  const server = createServer().listen(join(box.folder, 'web.sock'))
  await once(server, 'listening')
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle
  const socket = readlinkSync(`/proc/self/fd/${fd}`)
  const none = ['--network', 'none', busyboxName]
  expect(await activated(['run', '--rm', ...none, ...shown], fd)).toMatchObject({
    code: 0,
    stdout: `${socket}\n${told}`,
  })
  await box.ok(['create', '--name', 'later', ...none, ...shown])
  expect(await activated(['start', '--attach', 'later'], fd)).toMatchObject({ code: 0, stdout: `${socket}\n${told}` })
  expect(await activated(['start', 'later'], fd)).toMatchObject({ code: 0 })
  await box.ok(['wait', 'later'])
  expect(await box.ok(['logs', '--tail', '4', 'later'])).toBe(`${socket}\n${told}`.trim())
  expect(await box.ok(['start', '--attach', 'later'])).not.toMatch(/socket|LISTEN/)
  await box.ok(['rm', 'later'])
  server.close()
})
