import { expect, test } from 'vitest'
import { printYaml } from '../../../src/cli/render/yaml.ts'

test.each<[unknown, string]>([
  [{ b: 1, a: true }, 'a: true\nb: 1\n'],
  [{ a: { c: null, b: [] }, d: {} }, 'a:\n  b: []\n  c: null\nd: {}\n'],
  [{ list: ['x', 'y'] }, 'list:\n- x\n- "y"\n'],
  [{ list: [{ b: 1, a: 2 }, { c: [3] }] }, 'list:\n- a: 2\n  b: 1\n- c:\n  - 3\n'],
  [{ a: 'one\ntwo\n' }, 'a: |\n  one\n  two\n'],
  [{ a: { b: 'one\ntwo' } }, 'a:\n  b: |-\n    one\n    two\n'],
  [{ a: '' }, 'a: ""\n'],
  [{ a: '12' }, 'a: "12"\n'],
  [{ a: 'true' }, 'a: "true"\n'],
  [{ a: '1.1.5' }, 'a: 1.1.5\n'],
  [{ a: 'x: y' }, "a: 'x: y'\n"],
  [{ a: "it's" }, "a: it's\n"],
  [{ a: "'q'" }, "a: '''q'''\n"],
  [{ a: '2024-05-01' }, 'a: "2024-05-01"\n'],
  [{ a: 'Thu Jan  1 00:00:00 1970' }, 'a: Thu Jan  1 00:00:00 1970\n'],
  [{ 'Backing Filesystem': 'extfs' }, 'Backing Filesystem: extfs\n'],
  [{ a: '\u0007' }, 'a: "\\u0007"\n'],
  [{ a: undefined, b: 1 }, 'b: 1\n'],
])('printYaml of %j', (value, expected) => {
  expect(printYaml(value)).toBe(expected)
})
