import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeTree } from '../../../src/os/remove-tree.ts'

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
