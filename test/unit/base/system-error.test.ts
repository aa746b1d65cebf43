// Messages of failed system calls: the real ones of this Node.

import { mkdirSync, openSync, readdirSync, renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorMessage } from '../../../src/base/errors.ts'
import { systemMessage, systemReason } from '../../../src/base/system-error.ts'

const own = import.meta.filename

test.each([
  [() => openSync('/nonexistent/a', 'r'), 'open /nonexistent/a: no such file or directory'],
  [() => openSync('/', 'w'), 'open /: is a directory'],
  [() => readdirSync(own), `scandir ${own}: not a directory`],
  [() => mkdirSync('/'), 'mkdir /: file exists'],
  [() => renameSync('/nonexistent', "/it's"), "rename /nonexistent /it's: no such file or directory"],
])('%s', (fail, message) => {
  expect(() => fail()).toThrow(expect.toSatisfy((error) => errorMessage(error) === message))
})

test('what is no failed call keeps its message', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
  expect([systemMessage(refused), systemReason(refused), errorMessage(refused)]).toEqual([
    undefined,
    undefined,
    refused.message,
  ])
})
