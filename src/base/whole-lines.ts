// Cuts a byte stream at line ends: logs, journals.

/** More than any line of ours; a longer one is dropped. */
const maxLineBytes = 16 * 1024 * 1024
const lineEnd = 0x0a

export interface WholeLines {
  /** The lines that are whole with this piece, line ends included. A view of the piece where that is possible. */
  push(piece: Buffer): Buffer
  /** What came after the last line end; it is forgotten then. */
  rest(): Buffer
}

export function wholeLines(): WholeLines {
  let held: Buffer[] = []
  let heldBytes = 0
  const take = () => {
    const taken = held
    held = []
    heldBytes = 0
    return taken
  }
  const hold = (bytes: Buffer) => {
    if (heldBytes + bytes.length > maxLineBytes) take()
    else if (bytes.length > 0) {
      held.push(bytes)
      heldBytes += bytes.length
    }
  }
  return {
    push(piece) {
      const end = piece.lastIndexOf(lineEnd) + 1
      if (end === 0) {
        hold(piece)
        return piece.subarray(0, 0)
      }
      const lines = heldBytes === 0 ? piece.subarray(0, end) : Buffer.concat([...take(), piece.subarray(0, end)])
      hold(piece.subarray(end))
      return lines
    },
    rest: () => Buffer.concat(take()),
  }
}
