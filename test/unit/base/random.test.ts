import { expect, test } from 'vitest'
import { randomHex, randomIndex } from '../../../src/base/random.ts'

test('randomHex has the length asked for and never repeats', () => {
  const texts = Array.from({ length: 100 }, () => randomHex(6))
  expect(new Set(texts).size).toBe(100)
  for (const text of texts) expect(text).toMatch(/^[0-9a-f]{12}$/)
})

test('randomIndex stays below and reaches every number', () => {
  const numbers = new Set(Array.from({ length: 1000 }, () => randomIndex(7)))
  expect([...numbers].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
})
