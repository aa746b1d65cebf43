// A stream through a program: whole, or an error.

import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { filterProgram } from '../../../src/os/filter-program.ts'

const input = () => Readable.from([Buffer.from('one '), Buffer.from('two')], { objectMode: false })
const through = async (script: string) => (await buffer(filterProgram(input(), 'sh', ['-c', script]))).toString()

test('gives what the program gives', async () => {
  expect(await through('cat; echo " three"')).toBe('one two three\n')
  expect(await through('head -c 3')).toBe('one')
})

test.each([
  ['at once', 'echo bad >&2; exit 3', "'sh' ended with code 3: bad"],
  ['after all of its output', 'cat; exec >&-; sleep 0.2; exit 4', "'sh' ended with code 4"],
  ['by a signal', 'kill -9 $$', "'sh' was killed"],
])('a program that fails %s is an error', async (_, script, message) => {
  await expect(through(script)).rejects.toMatchObject({ code: 'program-failed', message })
})

test('so is one that is not there, and a source that breaks off', async () => {
  await expect(buffer(filterProgram(input(), '/nowhere/program', []))).rejects.toMatchObject({
    code: 'program-not-found',
  })
  const broken = new Readable({ read: () => undefined })
  const read = buffer(filterProgram(broken, 'cat', []))
  broken.destroy(new Error('broken off'))
  await expect(read).rejects.toThrow('broken off')
})
