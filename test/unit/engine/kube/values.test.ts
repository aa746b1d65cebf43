import { expect, test } from 'vitest'
import { shellWordsOf } from '../../../../src/engine/kube/action-command.ts'
import { expand } from '../../../../src/engine/kube/expand.ts'
import { parseQuantity } from '../../../../src/engine/kube/quantity.ts'

test.each([
  ['500m', 0.5],
  ['1.5', 1.5],
  [2, 2],
  ['64Mi', 67108864],
  ['1G', 1e9],
  ['1e3', 1000],
  ['12E', 12e18],
])('parseQuantity reads %s', (text, number) => {
  expect(parseQuantity(text, 'x')).toBeCloseTo(number, 9)
})

test.each(['', '1 Gi', 'Mi', '64mb', '0x10'])('parseQuantity refuses %j', (text) => {
  expect(() => parseQuantity(text, 'spec.x')).toThrow(/^spec\.x: .* is no quantity/)
})

test.each([
  ['$(A)$(B)', 'ab'],
  ['$$(A) $(C) $A $', '$(A) $(C) $A $'],
  ['$$$(A)', '$a'],
])('expand makes of %s %s', (text, wanted) => {
  expect(
    expand(
      text,
      new Map([
        ['A', 'a'],
        ['B', 'b'],
      ]),
    ),
  ).toBe(wanted)
})

test('shellWordsOf quotes what a shell would read', () => {
  const http = { kind: 'http', scheme: 'https', host: undefined, port: 8443, path: "/a?b='c'&d" } as const
  const [, line] = shellWordsOf({ ...http, headers: [['X-Probe', 'a b']] })
  expect(line).toContain(`curl -f -k -H 'X-Probe: a b' 'https://localhost:8443/a?b='\\''c'\\''&d'`)
  expect(shellWordsOf({ kind: 'exec', command: ['a b', '$x'] })).toEqual(['CMD', 'a b', '$x'])
})
