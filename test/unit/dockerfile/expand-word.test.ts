// Words with variables: what BuildKit's own tables do not cover, and what hostile ones come to. Its tables are a judge: test/judge/buildkit-parser.ts.

import { describe, expect, test } from 'vitest'
import { expandWord, expandWords } from '../../../src/dockerfile/expand-word.ts'

const variables = new Map([
  ['A', 'alpha'],
  ['E', ''],
  ['P', '/usr/local/bin'],
  ['F', 'archive.tar.gz'],
  ['S', '**x'],
])
const options = { escape: '\\', lookup: (name: string) => variables.get(name) } as const

describe('expandWord', () => {
  test.each([
    ['$A-${A}', 'alpha-alpha'],
    ['${E-x} ${E:-x} ${U-x} ${U:-x}', ' x x x'],
    ['${E+x}|${E:+x}|${U+x}|${A:+x}', 'x|||x'],
    ['${F%.*} ${F%%.*} ${F#*.} ${F##*.}', 'archive.tar archive tar.gz gz'],
    ['${P#/usr}', '/local/bin'],
    ['${P%/*}', '/usr/local'],
    ['${P##*/}', 'bin'],
    ['${P/local/share}', '/usr/share/bin'],
    ['${P//\\//:}', ':usr:local:bin'],
    ['${A/a/}', 'lpha'],
    ['${A//a/[&]}', '[&]lph[&]'],
    ['${A/l*/X}', 'aX'],
    ['${A//x/y}', 'alpha'],
    ['${A/?h/_}', 'al_a'],
    ['${S#\\*}', '*x'],
    ['${A#}', 'alpha'],
    ['${U:-"a  b"}', 'a  b'],
    ["${U:-'$A'}", '$A'],
    ['${U:-${E:-$A}}', 'alpha'],
    ['"$A"\'$A\'', 'alpha$A'],
    ['a\\ b', 'a b'],
    ['100%', '100%'],
    ['$', '$'],
    ['a$', 'a$'],
    ['<<$A', '<<alpha'],
  ])('%j is %j', (word, expected) => {
    expect(expandWord(word, options)).toBe(expected)
  })

  test.each([
    ['${A', "missing '}'"],
    ['${}', 'bad substitution'],
    ['${A:=x}', "unsupported modifier ':='"],
    ['${A^^}', "unsupported modifier '^'"],
    ['"open', 'missing closing double quote'],
    ["'open", 'missing closing single quote'],
    ['${U:?give it}', 'U: give it'],
    ['${E:?}', 'E: must be set and not empty'],
    ['${A/x}', "missing '/'"],
    ['${A#a\\b}', "'\\b' is no escape"],
  ])('%j fails: %s', (word, message) => {
    expect(() => expandWord(word, options)).toThrow(message)
  })

  test('another escape character', () => {
    expect(expandWord('C:\\dir`$A $A', { ...options, escape: '`' })).toBe('C:\\dir$A alpha')
  })

  test('growth and depth are bounded', () => {
    const big = { escape: '\\', lookup: () => 'x'.repeat(1 << 19) } as const
    expect(() => expandWord('$A$A$A', big)).toThrow('grows beyond')
    expect(() => expandWord('${A:-'.repeat(200) + '}'.repeat(200), options)).toThrow('levels of braces')
  })

  test('a hostile pattern takes no time', { timeout: 2000 }, () => {
    const long = { escape: '\\', lookup: () => 'a'.repeat(2000) } as const
    expect(expandWord(`\${A%%${'*a'.repeat(20)}*b}`, long)).toBe('a'.repeat(2000))
  })
})

test('expandWords parts at blanks that come from variables, not at quoted ones', () => {
  const lookup = (name: string) => (name === 'L' ? ' 80  81 ' : undefined)
  expect(expandWords('x$L"$L"y \\ z', { escape: '\\', lookup })).toEqual(['x', '80', '81', ' 80  81 y', ' z'])
})
