// A member's name becomes a list of components that cannot lead above the layer's folder.

import { invalid } from '../base/errors.ts'
import { shownName } from './tar-entry.ts'
import { overLimit, type UnpackLimits } from './unpack-limits.ts'

const maxComponentBytes = 255

/**
 * The components of a byte-string name; none for the root itself. Absolute names are taken relative to the layer, as every
 * engine does, and `..` is resolved by its text.
 * @throws invalid `layer-path-escapes`, `layer-path-malformed`, `layer-too-large`
 */
export function memberPath(name: string, limits: UnpackLimits): string[] {
  if (name === '') throw invalid('layer-path-malformed', 'the layer holds a member without a name')
  if (name.length > limits.pathBytes) throw overLimit(`has a path of ${name.length} bytes (limit ${limits.pathBytes})`)
  const components: string[] = []
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue
    if (part.length > maxComponentBytes)
      throw invalid('layer-path-malformed', `the layer holds a name of ${part.length} bytes: '${shownName(part)}'`)
    if (part !== '..') components.push(part)
    else if (components.pop() === undefined) {
      throw invalid('layer-path-escapes', `the layer holds '${shownName(name)}', which leads out of it`)
    }
  }
  if (components.length > limits.depth)
    throw overLimit(`has a path ${components.length} folders deep (limit ${limits.depth})`)
  return components
}
