import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fillFile, openWholeFile, openWholeFolder } from '../../../src/transport/whole-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-whole-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const left = (path: string) => `${path}.0123456789ab.tmp`
const names = () => readdirSync(folder).sort()

test('a file is there whole or not at all, also in place of another', async () => {
  const path = join(folder, 'a')
  for (const text of ['one', 'two']) {
    using file = openWholeFile(path)
    writeSync(file.fd, text)
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').not.toBe(text)
    await file.publish()
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(names()).toEqual(['a'])
  }
  {
    using file = openWholeFile(path)
    writeSync(file.fd, 'three')
  }
  expect(names()).toEqual(['a'])
  expect(readFileSync(path, 'utf8')).toBe('two')
})

test('content that ends with an error makes no file', async () => {
  async function* broken() {
    yield Buffer.from('beginning')
    throw new Error('broke')
  }
  await expect(fillFile(join(folder, 'b'), broken())).rejects.toThrow('broke')
  expect(names()).toEqual([])
})

test('a folder takes the place of the one that is there, at once', async () => {
  const path = join(folder, 'd')
  for (const name of ['one', 'two']) {
    using made = openWholeFolder(path)
    writeFileSync(join(made.path, name), '')
    await made.publish()
    expect(readdirSync(path)).toEqual([name])
  }
  expect(names()).toEqual(['d'])
})

describe('what another maker left', () => {
  test('is swept when he is dead, whatever else lies there is not', () => {
    const path = join(folder, 'a')
    writeFileSync(left(path), '')
    mkdirSync(left(join(folder, 'd')))
    const others = ['a.0123456789ab.tmp.gz', 'a.tmp', 'b.0123456789ab.tmp']
    for (const name of others) writeFileSync(join(folder, name), '')
    openWholeFile(path)[Symbol.dispose]()
    openWholeFolder(join(folder, 'd'))[Symbol.dispose]()
    expect(names()).toEqual(others)
  })

  test('stays while he is at work', async () => {
    const path = join(folder, 'a')
    writeFileSync(left(path), '')
    const maker = spawn('flock', [left(path), 'sh', '-c', 'echo held; read -r _'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(maker.stdout, 'data')
    openWholeFile(path)[Symbol.dispose]()
    expect(names()).toEqual(['a.0123456789ab.tmp'])
    maker.stdin.end('\n')
    await once(maker, 'close')
    openWholeFile(path)[Symbol.dispose]()
    expect(names()).toEqual([])
  })
})
