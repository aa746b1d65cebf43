import { expect, test } from 'vitest'
import { parseBoundedJson } from '../../../src/image/bounded-json.ts'

const read = (text: string) => parseBoundedJson(Buffer.from(text), { what: 'manifest', maxBytes: 1 << 20, maxDepth: 3 })
const many = (count: number) => Array.from({ length: count }, (_, index) => `"${index},{[":0`).join(',')

test.each([
  ['nesting up to the bound', '{"a":[{"b":1}]}'],
  ['brackets and commas in strings', String.raw`{"a":"[[[[{{{{,,\"[[","b\\":"}"}`],
  ['ten thousand members, and more items', `{${many(10_000)}}`],
  ['more items than members', `{"a":[${'0,'.repeat(20_000)}0]}`],
  ['members of several objects', `{"a":[{${many(6000)}},{${many(6000)}}]}`],
])('takes %s', (_, text) => expect(read(text)).toEqual(JSON.parse(text)))

test.each([
  ['document-too-large', `{"a":"${'x'.repeat(1 << 20)}"}`],
  ['document-too-deep', '{"a":[{"b":[]}]}'],
  ['document-too-wide', `{${many(10_001)}}`],
  ['document-too-wide', `{"a":[1,{${many(10_001)}}]}`],
  ['document-malformed', '[]'],
  ['document-malformed', '{"a'],
  ['document-malformed', '{"a"}]'],
])('refuses with %s', (code, text) => expect(() => read(text)).toThrow(expect.objectContaining({ code })))
