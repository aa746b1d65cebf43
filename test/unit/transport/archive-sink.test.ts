import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { addBytes, tarSink } from '../../../src/transport/archive-sink.ts'

test.each(['before', 'while'])('a reader that closes %s it is waited for ends the wait', async (when) => {
  const out = new PassThrough({ highWaterMark: 1 })
  if (when === 'before') out.destroy()
  const adding = addBytes(tarSink(out), 'a', 'x')
  if (when === 'while') out.destroy()
  await expect(adding).rejects.toMatchObject({ code: 'EPIPE' })
})
