import { expect, test } from 'vitest'
import { isFirstNamespace, parsePauseRecord, parseStartTime } from '../../../src/os/user-namespace.ts'

test.each([
  ['30285 770157 4026532177 4026532178\n', { pid: 30285, startTime: 770157 }],
  ['30285 770157 4026532177 4026532178', undefined],
  ['30285 770157\n', undefined],
  ['', undefined],
  ['-1 1 1 1\n', undefined],
])('parsePauseRecord of %j', (text, record) => {
  expect(parsePauseRecord(text)).toEqual(record)
})

test.each([
  ['7 (sh) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 770157 9 10 11\n', 770157],
  ['7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 42 9 10 11\n', 42],
])('parseStartTime of %j', (text, time) => {
  expect(parseStartTime(text)).toBe(time)
})

test.each([
  ['         0          0 4294967295\n', true],
  ['         0       1001          1\n         1     100000      65536\n', false],
  ['         0     100000 4294867295\n', false],
])('isFirstNamespace of %j', (uidMap, isFirst) => {
  expect(isFirstNamespace(uidMap)).toBe(isFirst)
})
