import { expect, test } from 'vitest'
import { duplicateKey } from '../../../src/image/duplicate-key.ts'

test.each([
  ['{"a":1,"b":{"a":2}}', undefined],
  ['{"a":"a","b":["a",{"a":1},{"a":2}]}', undefined],
  ['{"a":1,"a":2}', 'a'],
  ['{"x":{"y":[{"k" : 1, "z":"{", "k" :2}]}}', 'k'],
  ['{"type":1,"typ\\u0065":2}', 'type'],
  ['{"a\\"b":1,"a\\"b":2}', 'a"b'],
  ['{"a":"\\"a\\":","b":"}{"}', undefined],
])('duplicateKey of %s', (json, key) => {
  JSON.parse(json)
  expect(duplicateKey(json)).toBe(key)
})
