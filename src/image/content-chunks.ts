// Where a large file is cut, so that two versions of it share pieces though bytes were inserted: where a rolling sum of the last bytes ends in
// zeros (the gear hash of FastCDC, Xia et al., USENIX ATC 2016). The same content is always cut in the same places.

export const minChunkBytes = 256 * 1024
export const maxChunkBytes = 2 * 1024 * 1024
/** On average a cut comes 512 KiB after the first place where one may be. */
const cutMask = (1 << 19) - 1

export interface ChunkCutter {
  /**
   * `content` is the piece so far; what of it was looked at by earlier calls is not looked at again. Answers its length, when it is to end there;
   * undefined when more is to come. After an answer the next piece begins.
   */
  cut(content: Uint8Array): number | undefined
}

export function chunkCutter(): ChunkCutter {
  let seen = minChunkBytes
  let sum = 0
  const restart = (length: number) => {
    seen = minChunkBytes
    sum = 0
    return length
  }
  return {
    cut(content) {
      const end = Math.min(content.length, maxChunkBytes)
      for (; seen < end; seen++) {
        sum = ((sum << 1) + (gears[content[seen] as number] as number)) | 0
        if ((sum & cutMask) === 0) return restart(seen + 1)
      }
      return content.length >= maxChunkBytes ? restart(maxChunkBytes) : undefined
    },
  }
}

/** 256 numbers without a pattern, always the same: xorshift32. */
const gears = Int32Array.from({ length: 256 }, gearsFrom(0x9e37_79b9))

function gearsFrom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }
}
