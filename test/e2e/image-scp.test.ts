// image scp: to and from another user, and by a real sshd.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { answers, freePort } from '../support/docker-registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const rootTest = requires('root', 'overlay')
const sshTest = requires('root', 'overlay', 'sshd')

rootTest('another user gets it, and gives it back', async () => {
  await using box = openBox()
  const user = testUser('gantry-scp')
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const theirs = (words: string) =>
    execFileSync('su', ['-', user.name, '-c', `${user.installation}/bin/gantry ${words}`], { encoding: 'utf8' })
  theirs(`rmi -af`)
  expect(await box.ok(['image', 'scp', '-q', busyboxName, `${user.name}@localhost::`])).toContain(busyboxName)
  expect(theirs('images --format {{.Repository}}')).toContain('localhost/busybox')
  await box.ok(['rmi', '-f', busyboxName])
  await box.ok(['image', 'scp', '-q', `${user.name}@localhost::${busyboxName}`])
  await box.ok(['image', 'exists', busyboxName])
  theirs('rmi -af')
})

sshTest('another machine gets it by ssh, and gives it back', async () => {
  await using box = openBox()
  await using there = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await using server = await startSshd(box, there)
  const env = { PATH: `${server.clientPrograms}:${process.env['PATH']}` }
  await box.ok(['image', 'scp', '-q', busyboxName, `root@127.0.0.1:${server.port}::`], { env })
  await there.ok(['image', 'exists', busyboxName])
  await box.ok(['rmi', '-f', busyboxName])
  await box.ok(['image', 'scp', '-q', `ssh://root@127.0.0.1:${server.port}::${busyboxName}`], { env })
  await box.ok(['image', 'exists', busyboxName])
  const gone = await box.try(['image', 'scp', `root@127.0.0.1:${server.port}::nosuch`], { env })
  expect(gone.code).toBe(125)
  expect(gone.stderr).toContain('Error: saving the image at root@127.0.0.1 failed with exit code 125')
})

rootTest('what cannot be done is said in one line', async () => {
  await using box = openBox()
  const cases = [
    [['nosuch', 'host::'], 'nosuch: image not known'],
    [['busybox'], 'cannot transfer an image to where it is'],
    [['busybox', 'elsewhere'], "'elsewhere' is no place"],
    [['host::', ''], "'host::' names no image"],
    [['-oProxyCommand=x::busybox'], 'is neither USER@localhost nor'],
  ] as const
  for (const [words, reason] of cases) {
    const { code, stderr } = await box.try(['image', 'scp', '--', ...words])
    expect(code).toBe(125)
    expect(stderr).toContain(reason)
  }
})

/** Behind it `gantry` is the one of `there`. */
async function startSshd(box: Box, there: Box) {
  const folder = join(box.folder, 'ssh')
  mkdirSync(folder, { mode: 0o755 })
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  for (const key of ['host', 'client'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
  const [programs, clientPrograms] = ['there', 'client-bin'].map((name) => join(folder, name)) as [string, string]
  script(programs, 'gantry', `exec ${there.argv.join(' ')} "$@"`)
  script(clientPrograms, 'ssh', `exec /usr/bin/ssh -F ${folder}/config "$@"`)
  const options = [
    'StrictHostKeyChecking no',
    'UserKnownHostsFile /dev/null',
    'LogLevel ERROR',
    `IdentityFile ${folder}/client`,
  ]
  writeFileSync(join(folder, 'config'), `${options.join('\n')}\n`)
  writeFileSync(join(folder, 'authorized'), readFileSync(join(folder, 'client.pub')), { mode: 0o600 })
  const port = await freePort('127.0.0.1')
  const settings = [
    ...[
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${folder}/host`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
    ],
    ...[`AuthorizedKeysFile ${folder}/authorized`, `SetEnv PATH=${programs}:/usr/sbin:/usr/bin:/sbin:/bin`],
  ]
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`)
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' })
  const ended = once(child, 'close')
  while (!(await answers('127.0.0.1', port))) await sleep(50)
  return {
    port,
    clientPrograms,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

function script(folder: string, name: string, line: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`)
  chmodSync(join(folder, name), 0o755)
}
