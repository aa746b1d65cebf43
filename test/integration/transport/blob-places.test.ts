import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../../../src/base/digest.ts'
import { paths } from '../../../src/state/layout.ts'
import { blobPlaces } from '../../../src/transport/blob-places.ts'

let at: { root: string; run: string }
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'gantry-places-'))
  at = { root, run: root }
})
afterEach(() => rmSync(at.root, { recursive: true }))

const [a, b] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]

test('what repositories have is remembered once each, the latest first; other lines are passed over', () => {
  blobPlaces(at).remember('h.io/one', [a, b, a])
  appendFileSync(paths.blobPlaces(at), 'half a line\n')
  blobPlaces(at).remember('h.io/two', [a])
  blobPlaces(at).remember('h.io/two', [a])
  expect(blobPlaces(at).placesOf(a)).toEqual(['h.io/two', 'h.io/one'])
  expect(blobPlaces(at).placesOf(b)).toEqual(['h.io/one'])
  expect(readFileSync(paths.blobPlaces(at), 'utf8').split('\n')).toHaveLength(5)
})

test('it does not grow for ever: the older half goes', () => {
  const many = Array.from({ length: 3000 }, (_, number) => digestOf(Buffer.from(`${number}`)))
  blobPlaces(at).remember(`h.io/${'x'.repeat(200)}`, many)
  const before = statSync(paths.blobPlaces(at)).size
  blobPlaces(at).remember('h.io/new', [a])
  expect(statSync(paths.blobPlaces(at)).size).toBeLessThan(before * 0.6)
  expect(blobPlaces(at).placesOf(a)).toEqual(['h.io/new'])
})

test('where it cannot be written, nothing is said', () => {
  rmSync(at.root, { recursive: true })
  expect(() => blobPlaces(at).remember('h.io/one', [a])).not.toThrow()
  at = { root: mkdtempSync(join(tmpdir(), 'gantry-places-')), run: '' }
})
