import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeTree } from '../../../src/os/remove-tree.ts'
import { attackProgram } from '../../support/attack.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-remove-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('removeTree removes names of any bytes', () => {
  const tree = join(folder, 'tree')
  mkdirSync(tree)
  const odd = Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x0a, 0xc3])])
  mkdirSync(odd)
  writeFileSync(Buffer.concat([odd, Buffer.from('/'), Buffer.from([0x80])]), '')
  mkdirSync(join(tree, 'Grüße-日本'))
  removeTree(tree)
  expect(existsSync(tree)).toBe(false)
})

test('removeTree follows no link, and minds nothing that is gone', () => {
  const tree = join(folder, 'tree')
  mkdirSync(join(folder, 'outside'))
  writeFileSync(join(folder, 'outside/file'), '')
  mkdirSync(tree)
  symlinkSync('../outside', join(tree, 'link'))
  removeTree(tree)
  removeTree(tree)
  expect(existsSync(tree)).toBe(false)
  expect(existsSync(join(folder, 'outside/file'))).toBe(true)
})

const writer = `
  import { writeFileSync } from 'node:fs'
  import { parentPort, workerData } from 'node:worker_threads'
  const go = new Int32Array(workerData.go)
  parentPort.postMessage('ready')
  Atomics.wait(go, 0, 0)
  Atomics.wait(go, 1, 0, 15)
  writeFileSync(workerData.path, '')`

test('removeTree removes what somebody puts in meanwhile', async () => {
  const tree = join(folder, 'tree')
  mkdirSync(tree)
  for (let index = 0; index < 5000; index += 1) writeFileSync(join(tree, `file-${index}`), '')
  const go = new SharedArrayBuffer(8)
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(writer)}`), {
    workerData: { path: join(tree, 'late'), go },
  })
  await once(worker, 'message')
  // The writer may come too late, when there is no folder any more.
  const ended = Promise.race([once(worker, 'exit'), once(worker, 'error')]).catch(() => undefined)
  Atomics.store(new Int32Array(go), 0, 1)
  Atomics.notify(new Int32Array(go), 0)
  removeTree(tree)
  await ended
  expect(existsSync(tree)).toBe(false)
})

test('removeTree removes a tree that is deeper than a path may be long, or files may be open', () => {
  const tree = join(folder, 'tree')
  mkdirSync(tree)
  const script = 'import os\nfor _ in range(3000): os.mkdir("d"); os.chdir("d")'
  execFileSync('python3', ['-c', script], { cwd: tree })
  removeTree(tree)
  expect(existsSync(tree)).toBe(false)
})

test('removeTree does not follow a link that takes a folder’s place meanwhile', async () => {
  const outside = join(folder, 'outside')
  const names = Array.from({ length: 300 }, (_, index) => `f${index}`)
  for (let round = 0; round < 5; round += 1) {
    const tree = join(folder, 'tree')
    for (const path of [outside, join(tree, 'x')]) {
      mkdirSync(path, { recursive: true })
      for (const name of names) writeFileSync(join(path, name), '')
    }
    symlinkSync(outside, join(tree, 'y'))
    const swapper = spawn(attackProgram(), ['swap', 'x', 'y'], { cwd: tree, stdio: 'ignore' })
    await once(swapper, 'spawn')
    removeTree(tree)
    swapper.kill('SIGKILL')
    await once(swapper, 'exit')
    expect(readdirSync(outside)).toHaveLength(names.length)
  }
})
