// Byte strings as the addon takes them.

import { EngineError } from '../base/errors.ts'
import { shownName, textOf } from './tar-entry.ts'

/** @throws unsupported `layer-name-not-utf8` */
export function nativeName(bytes: string): string {
  const text = textOf(bytes)
  if (text !== undefined) return text
  throw new EngineError({
    kind: 'unsupported',
    code: 'layer-name-not-utf8',
    message: `the layer holds a name that is not UTF-8: '${shownName(bytes)}'`,
  })
}
