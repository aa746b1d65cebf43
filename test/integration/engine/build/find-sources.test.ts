// COPY's patterns on real folders: what they match is what Go's filepath.Match matches.

import { closeSync, mkdirSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSources } from '../../../../src/engine/build/find-sources.ts'
import { removeTree } from '../../../../src/os/remove-tree.ts'

let folder: string
let root: number
const files = ['package.json', 'package-lock.json', 'a-1.tgz', 'a^b', 'x{1}', 'é&@~', 'sub/a-2.tgz', 'other/a-2.tgz']

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-sources-'))
  for (const name of ['sub', 'other']) mkdirSync(join(folder, name))
  for (const name of files) writeFileSync(join(folder, name), name)
  root = openSync(folder, 'r')
})

afterAll(() => {
  closeSync(root)
  removeTree(folder)
})

function find(pattern: string): string[] {
  const found = findSources({ root, path: folder, ignored: undefined, key: undefined, label: 'context' }, pattern)
  for (const each of found) each[Symbol.dispose]()
  return found.map(({ path }) => path)
}

test.each([
  ['package-lock.json*', ['package-lock.json']],
  ['package*.json', ['package-lock.json', 'package.json']],
  ['/a-?.tgz', ['a-1.tgz']],
  ['*/a-*.tgz', ['other/a-2.tgz', 'sub/a-2.tgz']],
  ['s*/*-2**.tgz', ['sub/a-2.tgz']],
  ['a[^a-z]1.*', ['a-1.tgz']],
  ['a[\\-^]*', ['a-1.tgz', 'a^b']],
  ['package[!.]json', ['package.json']],
  ['x{1}*', ['x{1}']],
  ['?&@~*', ['é&@~']],
  ['\\a-1.tgz', ['a-1.tgz']],
])('findSources finds what %s matches', (pattern, found) => {
  expect(find(pattern)).toEqual(found)
})

test.each(['a[', 'a[-x]', 'package\\', 'a[b-'])('findSources says that %s is malformed', (pattern) => {
  expect(() => find(pattern)).toThrow(expect.objectContaining({ code: 'pattern-malformed' }))
})
