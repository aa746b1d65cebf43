// The names by which a layer's tar removes what lower layers hold (OCI image spec, layer.md "Whiteouts").

import { invalid } from '../base/errors.ts'
import { shownName } from './tar-entry.ts'

export const whiteoutPrefix = '.wh.'
export const opaqueName = '.wh..wh..opq'

/** How removals are kept in an unpacked layer: see storage/driver.ts. `none`: it is no layer, and such a name is as good as any. */
export type WhiteoutStyle = 'overlay' | 'overlay-userxattr' | 'vfs' | 'none'

/** What AUFS left in the layers of old images: means nothing to anybody else. */
const aufsLeftovers = new Set(['.wh..wh.aufs', '.wh..wh.orph', '.wh..wh.plnk'])

export type Meaning =
  | { readonly kind: 'member' }
  /** The folder hides all that is below it. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'whiteout'; readonly target: string }
  | { readonly kind: 'ignored' }

/**
 * What a member means by its path's components.
 * @throws invalid `layer-whiteout-malformed` for names in the reserved space that mean nothing, or that would remove `.` or `..`
 */
export function meaningOf(components: readonly string[]): Meaning {
  const last = components.at(-1) ?? ''
  if (components.some((component) => aufsLeftovers.has(component))) return { kind: 'ignored' }
  if (components.some((component, index) => index < components.length - 1 && component.startsWith(whiteoutPrefix))) {
    throw malformedWhiteout(components)
  }
  if (!last.startsWith(whiteoutPrefix)) return { kind: 'member' }
  if (last === opaqueName) return { kind: 'opaque' }
  const target = last.slice(whiteoutPrefix.length)
  if (target === '' || target === '.' || target === '..' || target.startsWith(whiteoutPrefix)) {
    throw malformedWhiteout(components)
  }
  return { kind: 'whiteout', target }
}

function malformedWhiteout(components: readonly string[]): Error {
  return invalid(
    'layer-whiteout-malformed',
    `the layer holds '${shownName(components.join('/'))}', which is neither a file nor a sound whiteout`,
  )
}
