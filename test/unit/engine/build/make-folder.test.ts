import { closeSync, constants, mkdirSync, mkdtempSync, openSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolders } from '../../../../src/engine/build/make-folder.ts'
import { removeTree } from '../../../../src/os/remove-tree.ts'

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

function madeIn(links: Readonly<Record<string, string>>, path: string): string {
  const root = mkdtempSync(join(tmpdir(), 'gantry-make-folder-'))
  const fd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    mkdirSync(join(root, 'there'))
    writeFileSync(join(root, 'file'), '')
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name))
    const made = makeFolders({ root: fd, mounts: new Map() }, path, me)
    expect(statSync(join(root, made)).isDirectory()).toBe(true)
    return made
  } finally {
    closeSync(fd)
    removeTree(root)
  }
}

test.for([
  [{}, '/a/b/c', '/a/b/c'],
  [{}, '/there/b', '/there/b'],
  [{ link: '/there' }, '/link/b', '/there/b'],
  [{ link: '/gone' }, '/link', '/gone'],
  [{ link: '/gone/deep/' }, '/link/b', '/gone/deep/b'],
  [{ link: '../../gone/deep' }, '/link', '/gone/deep'],
  [{ link: 'one/two', one: '/three/four' }, '/link', '/three/four/two'],
] as const)('makeFolders %j %s', ([links, path, made]) => {
  expect(madeIn(links, path)).toBe(made)
})

test.for([
  [{ link: '/link' }, '/link/a'],
  [{ link: '/other/x', other: '/link/y' }, '/link'],
  [{}, '/file/a'],
] as const)('makeFolders refuses %j %s', ([links, path]) => {
  expect(() => madeIn(links, path)).toThrow(`'${path}' of the image is not a folder`)
})
