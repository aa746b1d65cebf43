import { expect, test } from 'vitest'
import { parseToml } from '../../../src/base/toml.ts'

test.each([
  [
    'comments of every kind',
    '# one\n  # two "\na = 1 # three\n[t] # four\nb = [\n # five\n "#six",\n]\n',
    { a: 1, t: { b: ['#six'] } },
  ],
  ['a string of several lines', 'a = """\n# kept\n"""\n# gone\nb = 2', { a: '# kept\n', b: 2 }],
  ['a literal of several lines', "a = '''\n# kept'''", { a: '# kept' }],
  ['line ends of DOS', '# one\r\na = 1\r\n# two\r\n', { a: 1 }],
])('parseToml reads %s', (_, text, expected) => {
  expect(parseToml('x.conf', text)).toEqual(expected)
})

test('parseToml names the file', () => {
  expect(() => parseToml('x.conf', '# one\n# two\na = \n')).toThrow(
    expect.objectContaining({ code: 'toml-malformed', message: expect.stringContaining("'x.conf'") }),
  )
})
