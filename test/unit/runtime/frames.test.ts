import { expect, test } from 'vitest'
import {
  encodeFrame,
  encodeResize,
  encodeSignal,
  frameDecoder,
  frameTypes,
  maxPayloadBytes,
  stdinFrames,
} from '../../../src/runtime/frames.ts'

interface Seen {
  stdout: string
  stderr: string
  control: [number, string][]
}

function decodeAll(chunks: Buffer[]): Seen {
  const seen: Seen = { stdout: '', stderr: '', control: [] }
  const decode = frameDecoder({
    onOutput(stream, bytes) {
      seen[stream === 1 ? 'stdout' : 'stderr'] += bytes.toString('latin1')
    },
    onControl: (type, payload) => seen.control.push([type, payload.toString('latin1')]),
  })
  for (const chunk of chunks) decode(chunk)
  return seen
}

const conversation = Buffer.concat([
  encodeFrame(frameTypes.stdout, Buffer.from('one')),
  encodeFrame(frameTypes.stderr, Buffer.from('two')),
  encodeFrame(frameTypes.stdout, Buffer.alloc(0)),
  encodeFrame(frameTypes.stdout, Buffer.from([0, 255, 1, 0])),
  encodeFrame(frameTypes.error, Buffer.alloc(0)),
  encodeFrame(frameTypes.exit, Buffer.from('{"exitCode":3}')),
])

test.each([1, 2, 3, 7, 8, 9, 11, conversation.length])(
  'frameDecoder reads the same from chunks of %i bytes',
  (size) => {
    const chunks: Buffer[] = []
    for (let at = 0; at < conversation.length; at += size) chunks.push(conversation.subarray(at, at + size))
    expect(decodeAll(chunks)).toEqual({
      stdout: 'one\u0000ÿ\u0001\u0000',
      stderr: 'two',
      control: [
        [frameTypes.error, ''],
        [frameTypes.exit, '{"exitCode":3}'],
      ],
    })
  },
)

test('frameDecoder hands out views of the chunk, not copies', () => {
  const chunk = encodeFrame(frameTypes.stdout, Buffer.from('view'))
  let given: Buffer | undefined
  frameDecoder({ onOutput: (_, bytes) => (given = bytes), onControl: () => undefined })(chunk)
  expect(given?.buffer).toBe(chunk.buffer)
})

test('frameDecoder refuses a frame above the limit', () => {
  const header = encodeFrame(frameTypes.stdout)
  header.writeUInt32BE(maxPayloadBytes + 1, 4)
  expect(() => decodeAll([header])).toThrow(/frame of 65537 bytes/)
})

test('stdinFrames cuts at the limit and loses nothing', () => {
  const bytes = Buffer.alloc(2 * maxPayloadBytes + 5, 7)
  const frames = stdinFrames(bytes)
  expect(frames.map((frame) => frame.length)).toEqual([8, maxPayloadBytes, 8, maxPayloadBytes, 8, 5])
  expect(frames[4]?.readUInt32BE(4)).toBe(5)
})

test('encodeResize and encodeSignal are big endian', () => {
  expect([...encodeResize({ rows: 24, columns: 300 })]).toEqual([18, 0, 0, 0, 0, 0, 0, 4, 0, 24, 1, 44])
  expect([...encodeSignal(15)]).toEqual([19, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 15])
})
