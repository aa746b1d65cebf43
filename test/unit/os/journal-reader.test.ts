import { expect, test } from 'vitest'
import { exportParser } from '../../../src/os/journal-reader.ts'

function binary(name: string, value: Buffer): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(value.length))
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')])
}

const stream = Buffer.concat([
  Buffer.from('__CURSOR=a\nMESSAGE=one=1\n\n'),
  Buffer.from('__CURSOR=b\n'),
  binary('MESSAGE', Buffer.from([0xff, 0x0a, 0x0a, 0x3d, 0x00])),
  Buffer.from('PRIORITY=3\n\n'),
])

test.each([1, 2, 3, 7, 1000])('exportParser reads records from pieces of %d bytes', (size) => {
  const parse = exportParser()
  const records = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
    parse(stream.subarray(index * size, (index + 1) * size)),
  ).flat()
  expect(records.map((record) => record.get('__CURSOR')?.toString())).toEqual(['a', 'b'])
  expect(records[0]?.get('MESSAGE')?.toString()).toBe('one=1')
  expect(records[1]?.get('MESSAGE')).toEqual(Buffer.from([0xff, 0x0a, 0x0a, 0x3d, 0x00]))
  expect(records[1]?.get('PRIORITY')?.toString()).toBe('3')
})
