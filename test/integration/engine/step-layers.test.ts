import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../../../src/base/digest.ts'
import { cacheKey, forgetSteps, recordResult } from '../../../src/engine/build/build-cache.ts'
import { stepLayers } from '../../../src/engine/build/step-layers.ts'
import { type Layout, paths } from '../../../src/state/layout.ts'

let at: Layout
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-steps-'))
  at = { root: join(folder, 'root'), run: join(folder, 'run') }
})
afterEach(() => rmSync(join(at.root, '..'), { recursive: true }))

const key = (number: number) => cacheKey('step', number)
const layer = (text: string) => ({ chainId: digestOf(`chain ${text}`), blob: digestOf(text) })
const record = (number: number, text = `${number}`) =>
  recordResult(at, key(number), {
    content: '',
    createdAt: '',
    layer: { ...layer(text), diffId: digestOf(text), blobBytes: 1, mediaType: 'x' },
  })
/** As if a while had passed: what is remembered counts only then. */
const settle = () => utimesSync(paths.buildSteps(at), 1000, 1000)

test('stepLayers knows what is there now, whatever it remembers', () => {
  expect(stepLayers(at).size).toBe(0)
  for (let number = 0; number < 150; number++) record(number)
  settle()
  const first = stepLayers(at)
  expect(first.size).toBe(150)
  expect(first.get(key(7))).toEqual([layer('7')])
  expect(stepLayers(at)).toEqual(first)

  record(150)
  record(7, 'other')
  forgetSteps(at, [key(8)])
  for (const isSettled of [false, true]) {
    if (isSettled) settle()
    const next = stepLayers(at)
    expect(next.size).toBe(150)
    expect(next.get(key(7))).toEqual([layer('other')])
    expect(next.get(key(150))).toEqual([layer('150')])
    expect(next.has(key(8))).toBe(false)
  }
  writeFileSync(paths.buildLayers(at), 'torn')
  expect(stepLayers(at).size).toBe(150)
  rmSync(paths.buildSteps(at), { recursive: true })
  expect(stepLayers(at).size).toBe(0)
})

test('stepLayers remembers a folder that nothing came to since, and reads no record then', () => {
  for (let number = 0; number < 150; number++) record(number)
  settle()
  stepLayers(at)
  writeFileSync(paths.buildStep(at, key(3)), 'unreadable')
  settle()
  expect(stepLayers(at).get(key(3))).toEqual([layer('3')])
})
