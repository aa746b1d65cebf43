import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolders } from '../../../src/os/make-folders.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-make-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('makeFolders makes those above too, with the mode, and tells the topmost new one', () => {
  expect(makeFolders(join(folder, 'a/b/c'), 0o700)).toBe(join(folder, 'a'))
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  expect(makeFolders(`${folder}/a/b/d/`)).toBe(join(folder, 'a/b/d'))
  expect(makeFolders(join(folder, 'a/b'))).toBeUndefined()
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['c', 'd'])
})

test('makeFolders follows a link to a folder', () => {
  symlinkSync(folder, join(folder, 'link'))
  makeFolders(join(folder, 'link/x/y'))
  expect(readdirSync(join(folder, 'x'))).toEqual(['y'])
})

test.each(['/proc/gantry', '/proc/gantry/a/b', '/proc/self/fd/x'])('makeFolders %s ends with the reason', (path) => {
  expect(() => makeFolders(path)).toThrow(`folder '${path}' cannot be made`)
})

test('makeFolders says what is in the way', () => {
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('nowhere', join(folder, 'dangling'))
  expect(() => makeFolders(join(folder, 'file'))).toThrow(join(folder, 'file'))
  expect(() => makeFolders(join(folder, 'file/below'))).toThrow(join(folder, 'file'))
  expect(() => makeFolders(join(folder, 'dangling/below'))).toThrow(join(folder, 'dangling'))
  expect(readdirSync(folder).sort()).toEqual(['dangling', 'file'])
})
