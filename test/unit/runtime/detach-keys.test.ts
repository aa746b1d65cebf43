import { expect, test } from 'vitest'
import { parseDetachKeys } from '../../../src/runtime/detach-keys.ts'

test.each([
  ['ctrl-p,ctrl-q', [16, 17]],
  ['', []],
  ['a', [97]],
  ['ctrl-@,x,ctrl-[', [0, 120, 27]],
  ['ctrl-A,ctrl-_', [1, 31]],
])('parseDetachKeys %j', (text, keys) => {
  expect(parseDetachKeys(text)).toEqual(keys)
})

test.each(['ctrl-', 'ctrl-1', 'ab', 'ctrl-p,,', 'Ctrl-p'])('parseDetachKeys refuses %j', (text) => {
  expect(() => parseDetachKeys(text)).toThrow(expect.objectContaining({ code: 'detach-keys-invalid' }))
})
