import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteLiteralWord, quoteUnitWord, splitUnitWords } from '../../../src/quadlet/unit-words.ts'

describe('splitUnitWords', () => {
  test.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['"a b" \'c d\'', ['a b', 'c d']],
    ['a"b c"d', ['ab cd']],
    ['"a \\"b\\"" x', ['a "b"', 'x']],
    ['a\\nb\\tc\\x41\\101\\u00e9\\U0001f600', ['a\nb\tcAAé😀']],
    ['"" x', ['', 'x']],
    ['"no end', ['no end']],
    ['trailing\\', ['trailing']],
  ])('%s', (text, words) => {
    expect(splitUnitWords(text, 'undone')).toEqual(words)
  })

  test('keeps backslashes where they are no escapes', () => {
    expect(splitUnitWords('dev\\x2dsda.mount "b c"', 'kept')).toEqual(['dev\\x2dsda.mount', 'b c'])
  })

  test.each(['\\q', '\\x4', '\\000', '\\Uffffffff'])('refuses the escape %s', (text) => {
    expect(() => splitUnitWords(text, 'undone')).toThrow('unsupported escape')
  })
})

test('quoteUnitWord writes what is read again', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab%$é😀 \t\n\r\\"\'\x01\x7f'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (words) => {
      expect(splitUnitWords(words.map(quoteUnitWord).join(' '), 'undone')).toEqual(words)
    }),
  )
})

test('quoteLiteralWord leaves nothing to expand', () => {
  expect(quoteLiteralWord('50% of $HOME')).toBe('"50%% of $$HOME"')
})
