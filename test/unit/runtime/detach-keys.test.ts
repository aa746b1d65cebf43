import { expect, test } from 'vitest'
import { detachScanner, parseDetachKeys } from '../../../src/runtime/detach-keys.ts'

test.each([
  ['ctrl-p,ctrl-q', [16, 17]],
  ['', []],
  ['a', [97]],
  ['ctrl-@,x,ctrl-[', [0, 120, 27]],
  ['ctrl-A,ctrl-_', [1, 31]],
])('parseDetachKeys %j', (text, keys) => {
  expect(parseDetachKeys(text)).toEqual(keys)
})

test.each(['ctrl-', 'ctrl-1', 'ab', 'ctrl-p,,', 'Ctrl-p'])('parseDetachKeys refuses %j', (text) => {
  expect(() => parseDetachKeys(text)).toThrow(expect.objectContaining({ code: 'detach-keys-invalid' }))
})

function type(keys: number[], chunks: string[]): { sent: string; isDetached: boolean } {
  const scan = detachScanner(keys)
  let sent = ''
  for (const chunk of chunks) {
    const { forward, isDetach } = scan(Buffer.from(chunk, 'latin1'))
    sent += forward.toString('latin1')
    if (isDetach) return { sent, isDetached: true }
  }
  return { sent, isDetached: false }
}

test.each([
  ['in one chunk', ['ls\n\x10\x11rest'], 'ls\n', true],
  ['split between chunks', ['a\x10', '\x11b'], 'a', true],
  ['a lone beginning is sent when it is not continued', ['\x10', 'x'], '\x10x', false],
  ['a repeated beginning', ['\x10\x10\x11'], '\x10', true],
  ['nothing', ['plain'], 'plain', false],
])('detachScanner %s', (_, chunks, sent, isDetached) => {
  expect(type([16, 17], chunks)).toEqual({ sent, isDetached })
})

test('detachScanner without keys passes everything', () => {
  expect(type([], ['\x10\x11'])).toEqual({ sent: '\x10\x11', isDetached: false })
})

test('detachScanner handles overlapping beginnings', () => {
  expect(type([97, 97, 98], ['aaab'])).toEqual({ sent: 'a', isDetached: true })
})
