// Quadlet files that say themselves what must become of them: our own, and podman's where GANTRY_PODMAN_TREE is a work tree of it.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kindOfFile } from '../../../src/quadlet/quadlet.ts'
import { checkQuadlet } from '../../support/quadlet-assertions.ts'

const own = resolve(import.meta.dirname, 'fixtures')
const tree = process.env['GANTRY_PODMAN_TREE']
const podmans = tree === undefined ? undefined : join(tree, 'test/e2e/quadlet')
const folders = [own, podmans].filter((folder) => folder !== undefined)

describe.each(folders)('%s', (folder) => {
  test.each(quadletsIn(folder))('%s', (name) => {
    expect(checkQuadlet(join(folder, name))).toEqual([])
  })
})

/** Those that assert something: the others are there to be named. */
function quadletsIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => kindOfFile(name) !== undefined)
  return names.filter((name) => /^## *!?assert-/m.test(readFileSync(join(folder, name), 'utf8')))
}
