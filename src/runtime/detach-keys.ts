// The key sequence that detaches a terminal, `ctrl-p,ctrl-q`, and its recognition in what is typed.

import { invalid } from '../base/errors.ts'

/**
 * Bytes of a sequence like `ctrl-p,ctrl-q` or `a,ctrl-@`; empty for '' (never detach).
 * @throws invalid `detach-keys-invalid`
 */
export function parseDetachKeys(text: string): number[] {
  return text === '' ? [] : text.split(',').map((key) => parseKey(key, text))
}

export interface TypedInput {
  /** What goes to the container now; a beginning of the sequence is held back. */
  readonly forward: Buffer
  readonly isDetach: boolean
}

/** Remembers a half-typed sequence from one chunk to the next. */
export function detachScanner(keys: readonly number[]): (chunk: Buffer) => TypedInput {
  let matched = 0
  return (chunk) => {
    if (keys.length === 0) return { forward: chunk, isDetach: false }
    const forward: number[] = []
    for (const byte of chunk) {
      matched = advance(keys, { matched, byte, forward })
      if (matched === keys.length) return { forward: Buffer.from(forward), isDetach: true }
    }
    return { forward: Buffer.from(forward), isDetach: false }
  }
}

/** How many keys are matched after `byte`; what can no longer be a part of the sequence is moved to `forward`. */
function advance(keys: readonly number[], state: { matched: number; byte: number; forward: number[] }): number {
  const seen = [...keys.slice(0, state.matched), state.byte]
  while (seen.length > 0 && !seen.every((byte, index) => byte === keys[index])) {
    state.forward.push(seen.shift() as number)
  }
  return seen.length
}

function parseKey(key: string, whole: string): number {
  const control = /^ctrl-([a-zA-Z@[\\\]^_])$/.exec(key)?.[1]
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) & 0x1f
  if (/^[\x21-\x7e]$/.test(key)) return key.charCodeAt(0)
  throw invalid(
    'detach-keys-invalid',
    `invalid detach keys '${whole}': '${key}' is neither one character nor ctrl- and one of a-z @ [ \\ ] ^ _`,
  )
}
