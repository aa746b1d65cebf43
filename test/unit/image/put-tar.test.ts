import { closeSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createTarPutter } from '../../../src/image/put-tar.ts'
import { createTarReader } from '../../../src/image/tar-reader.ts'
import { end, member } from './tar-bytes.ts'

test('the folder that all goes into is not made anew when somebody has moved it away', () => {
  const tree = mkdtempSync(join(tmpdir(), 'gantry-put-'))
  const root = openSync(tree, 'r')
  onTestFinished(() => {
    closeSync(root)
    rmSync(tree, { recursive: true })
  })
  const rules = { ownerOf: () => ({ uid: 0, gid: 0 }), isOverwriting: false, isGuarded: false }
  using putter = createTarPutter({ view: { root, mounts: new Map() }, folder: '/d/x/deep', ...rules })
  const reader = createTarReader(putter)
  expect(() => reader.write(Buffer.concat([member({ name: 'planted' }, 'by cp'), end]))).toThrow('/d/x/deep')
  expect(readdirSync(tree)).toEqual([])
})
