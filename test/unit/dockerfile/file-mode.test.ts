import { expect, test } from 'vitest'
import { parseFileMode } from '../../../src/dockerfile/file-mode.ts'

test.for([
  ['755', 0o644, 0o755],
  ['1777', 0o644, 0o1777],
  ['u+x', 0o644, 0o744],
  ['+x', 0o644, 0o755],
  ['a-w', 0o666, 0o444],
  ['go=', 0o777, 0o700],
  ['u=rwx,go=rx', 0o600, 0o755],
  ['g=u', 0o640, 0o660],
  ['o=g-w', 0o760, 0o764],
  ['u+s,g+s,+t', 0o755, 0o7755],
  ['u-s', 0o4755, 0o755],
  ['u=rw', 0o4755, 0o655],
  ['a+X', 0o644, 0o644],
  ['a+X', 0o744, 0o755],
] as const)('parseFileMode %s of a file', ([text, before, after]) => {
  expect(parseFileMode(text)(before, false).toString(8)).toBe(after.toString(8))
})

test('parseFileMode X of a folder', () => {
  expect(parseFileMode('u=rwX,go=rX')(0o600, true)).toBe(0o755)
})

test.for(['', 'x', '888', '123456', 'u', 'u+x,', 'u+q', '+x u'])('parseFileMode refuses %j', (text) => {
  expect(() => parseFileMode(text)).toThrow('--chmod takes an octal number or a symbolic mode')
})
