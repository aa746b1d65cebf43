import { expect, test } from 'vitest'
import { expandEntries } from '../../../src/spec/environment.ts'

test.for([
  ['$A', 'one'],
  ['${A}s', 'ones'],
  ['$As', ''],
  ['${B:-else}', 'else'],
  ['${A:-else}', 'one'],
  ['${A:+instead}', 'instead'],
  ['${B:+instead}', ''],
  ['\\$A', '$A'],
  ['a=$A=b', 'a=one=b'],
  ['$', '$'],
  ['${A', '${A'],
] as const)('expandEntries %s', ([text, expanded]) => {
  expect(expandEntries([`X=${text}`], ['A=one', 'EMPTY'])).toEqual([`X=${expanded}`])
})
