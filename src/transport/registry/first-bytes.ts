// The beginning of a stream.

/** Ends after `length` bytes, and closes `content` then. */
export async function* firstBytes(content: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length
  if (left <= 0) return
  for await (const chunk of content) {
    yield left < chunk.length ? chunk.subarray(0, left) : chunk
    left -= chunk.length
    if (left <= 0) return
  }
}
