// Flags that take `name=value`.

import { invalid } from '../base/errors.ts'

/** Without `=`, the value is empty. `where` begins the message. @throws invalid `label-invalid` */
export function keyValue(text: string, where = ''): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at === 0 || text === '') {
    throw invalid('label-invalid', `${where}invalid label format: ${JSON.stringify(text)}`)
  }
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
