// The compiled code that is kept between starts, in an installation of its own.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'overlay')
const work = resolve(import.meta.dirname, '../..')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-code-'))
  for (const name of ['bin', 'libexec', 'package.json'])
    cpSync(join(work, name), join(folder, name), { recursive: true })
  mkdirSync(join(folder, 'dist'))
  for (const name of readdirSync(join(work, 'dist')).filter((one) => one.endsWith('.cjs')))
    cpSync(join(work, 'dist', name), join(folder, 'dist', name))
  symlinkSync(join(work, 'node_modules'), join(folder, 'node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const environment = () => ({
  ...process.env,
  HOME: join(folder, 'home'),
  XDG_CACHE_HOME: join(folder, 'user'),
})
const state = () => ['--root', join(folder, 'root'), '--runroot', join(folder, 'run')]
const cacheOf = (command: string) => join(folder, 'dist/.cache', command)
const headOf = (command: string) => readFileSync(cacheOf(command)).toString('latin1', 0, 64).split(' ').slice(1, 3)

function gantry(...words: string[]): number {
  return (
    spawnSync(join(folder, 'bin/gantry'), [...state(), ...words], { env: environment(), stdio: 'ignore' }).status ?? -1
  )
}

const save = ['save', '-q', '-o']

rootTest('code cache: a first run that ended early is made up for by the next one that does not', () => {
  expect(gantry('load', '-q', '-i', busyboxArchive())).toBe(0)
  expect(gantry(...save, join(folder, 'out'), 'nosuch')).toBe(125)
  expect(headOf('save')).toEqual(['0', 'early'])
  const early = statSync(cacheOf('save'))
  expect(gantry(...save, join(folder, 'out'), 'nosuch')).toBe(125)
  expect(headOf('save')).toEqual(['0', 'early'])
  expect(gantry(...save, join(folder, 'out'), busyboxName)).toBe(0)
  expect(headOf('save')).toEqual(['1', 'whole'])
  const whole = statSync(cacheOf('save'))
  expect(whole.size).toBeGreaterThan(early.size + 64 * 1024)
  for (let run = 0; run < 5; run++) expect(gantry(...save, join(folder, 'out'), busyboxName)).toBe(0)
  expect(statSync(cacheOf('save'))).toMatchObject({ ino: whole.ino, mtimeMs: whole.mtimeMs })
  expect(readdirSync(join(folder, 'dist/.cache')).sort()).toEqual(['load', 'save'])
})

rootTest('code cache: an interrupted run leaves none, and a folder that takes no changes is left alone', async () => {
  expect(gantry('load', '-q', '-i', busyboxArchive())).toBe(0)
  const words = [...state(), 'events', '--since', '1h']
  const child = spawn(join(folder, 'bin/gantry'), words, { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] })
  await once(child.stdout, 'data')
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(existsSync(cacheOf('events'))).toBe(false)

  expect(gantry(...save, join(folder, 'out'), 'nosuch')).toBe(125)
  const before = statSync(cacheOf('save'))
  const readOnly = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
  const good = [join(folder, 'bin/gantry'), ...state(), ...save, join(folder, 'out'), busyboxName]
  const argv = ['-m', 'sh', '-c', readOnly, 'sh', join(folder, 'dist'), ...good]
  expect(spawnSync('unshare', argv, { env: environment(), stdio: 'ignore' }).status).toBe(0)
  expect(statSync(cacheOf('save'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
  expect(existsSync(join(folder, 'user/gantry'))).toBe(false)
})
