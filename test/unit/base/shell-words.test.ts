import { describe, expect, test } from 'vitest'
import { shellWords } from '../../../src/base/shell-words.ts'

describe('shellWords', () => {
  test.each([
    ['  a  b\tc\n', ['a', 'b', 'c']],
    ['a "b c" \'d "e\'', ['a', 'b c', 'd "e']],
    ['x"y z"\'w\'\\ v', ['xy zw v']],
    ['"\\$a \\" \\n"', ['$a " \\n']],
    ["'' a", ['', 'a']],
    ['a # b c', ['a']],
    ['a#b', ['a#b']],
    ['', []],
  ])('%j', (text, words) => expect(shellWords(text)).toEqual(words))

  test.each(['a "b', "a 'b", 'a \\'])('%j has no end', (text) => {
    expect(() => shellWords(text)).toThrow('no end of what begins at')
  })
})
