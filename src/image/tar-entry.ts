// One member of a tar archive, as the layer code sees it. Names are "byte strings": one char per byte (latin1), because tar
// names are bytes and need not be UTF-8; `byteString` and `textOf` convert.

export type TarType = 'file' | 'hard-link' | 'symlink' | 'character-device' | 'block-device' | 'folder' | 'fifo'

export interface TarEntry {
  readonly type: TarType
  /** Byte string, as the archive has it: may be absolute, may hold `..`. */
  readonly name: string
  /** Byte string; empty unless a link. */
  readonly linkName: string
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeNs: bigint
  /** Length of the file once written, holes included. */
  readonly size: number
  readonly major: number
  readonly minor: number
  readonly xattrs: readonly Xattr[]
}

export interface Xattr {
  readonly key: string
  readonly value: Uint8Array
}

/** The text that the bytes spell in UTF-8; undefined when they spell none. */
export function textOf(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined
  }
}

/** For messages: what a hostile archive put into a name must not reach a terminal raw, nor fill it. */
export function shownName(bytes: string): string {
  const text = textOf(bytes) ?? bytes
  const shown = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return shown.length > 120 ? `${shown.slice(0, 60)}…${shown.slice(-50)}` : shown
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}
