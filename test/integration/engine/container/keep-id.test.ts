// --userns as an ordinary user: whose files are inside, and who one is.

import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { busyboxArchive, busyboxName } from '../../../support/busybox-image.ts'
import { requires } from '../../../support/requires.ts'
import { testUser } from '../../../support/user.ts'

const test = requires('root')
const top = resolve(import.meta.dirname, '../../../..')

interface Round {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

function runAs(words: readonly string[]): Round[] {
  const user = testUser()
  const archive = busyboxArchive()
  chmodSync(archive, 0o644)
  const program = [process.execPath, join(top, 'test/support/run-spec.ts'), archive, ...words]
  const ids = [`--reuid=${user.uid}`, `--regid=${user.uid}`, '--init-groups']
  const argv = [...ids, join(top, 'libexec/gantry/userns'), '--', ...program]
  const { stdout, stderr } = spawnSync('setpriv', argv, {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', HOME: user.home, USER: user.name, XDG_RUNTIME_DIR: user.runtimeFolder },
  })
  const lines = stdout.split('\n').filter((line) => line !== '')
  if (lines.length === 0) throw new Error(stderr)
  return lines.map((line) => JSON.parse(line) as Round)
}

const look = 'id -u; id -un; stat -c %u:%g /bin; touch /t/mine && stat -c %u:%g /t/mine; grep CapEff /proc/self/status'

test('keep-id keeps the user, and files of root stay files of root', () => {
  const { uid, name } = testUser()
  const rounds = runAs([
    '--network',
    'none',
    '--userns',
    'keep-id',
    '--tmpfs',
    '/t:mode=1777',
    busyboxName,
    'sh',
    '-c',
    look,
  ])
  const wanted = { status: 0, stderr: '', stdout: `${uid}\n${name}\n0:0\n${uid}:${uid}\nCapEff:\t0000000000000000` }
  // The second finds the shifted layers made by the first.
  expect(rounds).toEqual([
    { round: 'first', ...wanted },
    { round: 'second', ...wanted },
  ])
})

test('keep-id as root inside', () => {
  const [round] = runAs([
    '--network',
    'none',
    '--userns',
    'keep-id',
    '--user',
    '0',
    busyboxName,
    'sh',
    '-c',
    'id -u; stat -c %u:%g /bin; touch /bin/x',
  ])
  expect(round).toMatchObject({ status: 0, stderr: '', stdout: '0\n0:0' })
})

test('nomap knows nothing of the user', () => {
  const [round] = runAs([
    '--network',
    'none',
    '--userns',
    'nomap',
    busyboxName,
    'sh',
    '-c',
    'id -u; stat -c %u:%g /bin; cat /proc/self/uid_map',
  ])
  expect(round).toMatchObject({ status: 0, stderr: '' })
  expect(round?.stdout).toMatch(/^0\n0:0\n\s+0\s+1\s+\d+$/)
})

test('without a namespace of its own the user is root', () => {
  const [round] = runAs(['--network', 'none', busyboxName, 'sh', '-c', 'id -u; stat -c %u:%g /bin'])
  expect(round).toMatchObject({ status: 0, stderr: '', stdout: '0\n0:0' })
})
