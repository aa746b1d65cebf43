// Ranges of versions, for the tags that sync takes.

import { expect, test } from 'vitest'
import { versionRange } from '../../../src/base/semver.ts'

const tags = ['latest', '0.2.3', '0.3.0', '1.2.3', 'v1.2.9', '1.3', '1.9.0', '2', '2.0.0-rc1', '2.1.0']

test.each([
  ['>= 1.3', ['1.3', '1.9.0', '2', '2.1.0']],
  ['~1.2', ['1.2.3', 'v1.2.9']],
  ['~1.2.4', ['v1.2.9']],
  ['^1.2.4', ['v1.2.9', '1.3', '1.9.0']],
  ['^0.2', ['0.2.3']],
  ['1.x', ['1.2.3', 'v1.2.9', '1.3', '1.9.0']],
  ['*', ['0.2.3', '0.3.0', '1.2.3', 'v1.2.9', '1.3', '1.9.0', '2', '2.1.0']],
  ['1.3 - 2.0', ['1.3', '1.9.0', '2']],
  ['> 1.2, < 2', ['1.3', '1.9.0']],
  ['0.3.0 || = 1.2.3', ['0.3.0', '1.2.3']],
  ['!= 1, >= 0.3', ['0.3.0', '2', '2.1.0']],
])('%s', (range, expected) => {
  expect(tags.filter(versionRange(range))).toEqual(expected)
})

test.each(['', 'latest', '>=', '1.2.3.4', '>> 1'])('refuses %j', (range) => {
  expect(() => versionRange(range)).toThrow(/is no range of versions/)
})
