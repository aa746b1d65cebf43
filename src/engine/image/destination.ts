// `transport:place[:reference]` where a command writes an image to; a name without transport is one in a registry.

import { isDigest } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseReference, printReference, type Reference, withDefaultTag } from '../../image/reference.ts'

export type Destination =
  | { readonly kind: 'docker'; readonly reference: Reference }
  | DaemonPlace
  | {
      readonly kind: 'oci' | 'oci-archive' | 'docker-archive' | 'dir'
      readonly path: string
      /** As typed behind the path. */
      readonly name?: string
    }

export interface DaemonPlace {
  readonly kind: 'docker-daemon'
  /** A full reference with a tag, or an id. */
  readonly name: string
}

const known = /^(docker|oci|oci-archive|docker-archive|dir):(.*)$/s
const foreign = /^(containers-storage|sif|tarball|ostree|atomic):/

/** podman's store has rules of its own that only podman keeps. */
const hints: Readonly<Record<string, string>> = {
  'containers-storage': 'Let podman do it: copy IMAGE docker-archive:FILE:NAME, then podman load -i FILE',
}

/** @throws invalid `reference-malformed`, `transport-malformed`; unsupported `transport-unsupported` */
export function parseDestination(text: string): Destination {
  const [, transport] = foreign.exec(text) ?? []
  if (transport !== undefined) {
    throw new EngineError({
      kind: 'unsupported',
      code: 'transport-unsupported',
      message: `images cannot be written to ${transport}: '${text.slice(0, 300)}'`,
      hint: hints[transport] ?? 'These can be written: docker:// oci: oci-archive: docker-archive: dir: docker-daemon:',
    })
  }
  const [, daemonName] = /^docker-daemon:(.*)$/s.exec(text) ?? []
  if (daemonName !== undefined) return { kind: 'docker-daemon', name: nameInDaemon(daemonName) }
  const [, kind, rest = ''] = known.exec(text) ?? []
  if (kind === 'docker' && rest.startsWith('//')) return registry(rest.slice(2))
  if (kind === undefined || kind === 'docker') return registry(text)
  return place(kind as 'oci', rest)
}

function registry(text: string): Destination {
  return { kind: 'docker', reference: withDefaultTag(parseReference(text)) }
}

/** As c/image: no tag is made up. */
function nameInDaemon(text: string): string {
  if (isDigest(text)) return text
  const reference = parseReference(text)
  if (reference.tag !== undefined || reference.digest !== undefined) return printReference(reference)
  throw invalid(
    'transport-malformed',
    `docker-daemon:${text} has neither a tag nor a digest`,
    `Say: docker-daemon:${text}:latest`,
  )
}

/** The reference begins at the first colon behind the path: skopeo's rule, which forbids colons in paths. */
function place(kind: 'oci' | 'oci-archive' | 'docker-archive' | 'dir', rest: string): Destination {
  const colon = kind === 'dir' ? -1 : rest.indexOf(':')
  const path = colon === -1 ? rest : rest.slice(0, colon)
  if (path === '') throw invalid('transport-malformed', `'${kind}:${rest}' names no path`)
  const name = colon === -1 ? '' : rest.slice(colon + 1)
  return { kind, path, ...(name === '' ? {} : { name }) }
}
