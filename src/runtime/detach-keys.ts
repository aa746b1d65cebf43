// The key sequence that detaches a terminal, `ctrl-p,ctrl-q`. What is typed is compared with it by src/native/attach-outgoing.c.

import { invalid } from '../base/errors.ts'

/**
 * Bytes of a sequence like `ctrl-p,ctrl-q` or `a,ctrl-@`; empty for '' (never detach).
 * @throws invalid `detach-keys-invalid`
 */
export function parseDetachKeys(text: string): number[] {
  return text === '' ? [] : text.split(',').map((key) => parseKey(key, text))
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
