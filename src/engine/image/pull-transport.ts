// `transport:place[:reference]` where a command takes an image: oci, oci-archive, docker-archive, dir, and other programs' stores.

import { defined } from '../../base/defined.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import type { Engine } from '../engine.ts'
import { load } from './load.ts'
import type { PulledImage, PullOptions } from './pull.ts'

export type TransportKind =
  | 'docker'
  | 'oci'
  | 'oci-archive'
  | 'docker-archive'
  | 'dir'
  | 'docker-daemon'
  | 'containers-storage'

export interface TransportName {
  readonly kind: TransportKind
  readonly rest: string
}

const pattern = /^(docker|oci|oci-archive|docker-archive|dir|docker-daemon|containers-storage):(.*)$/s

/** undefined for a plain reference: `oci:1.0` could be one, a transport's rest begins with a slash or a dot. */
export function transportOf(text: string): TransportName | undefined {
  const match = pattern.exec(text)
  const [, kind, rest] = match ?? []
  if (kind === undefined || rest === undefined) return undefined
  if (kind === 'docker' && !rest.startsWith('//')) return undefined
  // A store's rest is a name; nobody's image is called `docker-daemon`.
  const isStore = kind === 'docker-daemon' || kind === 'containers-storage'
  if (!isStore && !/[/.]/.test(rest)) return undefined
  return { kind: kind as TransportKind, rest }
}

/** @throws what `load` or reading the other store throws; not-found `archive-image-missing`; unsupported `flag-unsupported` */
export async function pullFromTransport(
  engine: Engine,
  transport: TransportName,
  options: PullOptions,
): Promise<PulledImage[]> {
  if (options.areAllTags === true) throw noTags(transport)
  if (transport.kind === 'docker-daemon' || transport.kind === 'containers-storage') {
    const { pullFromStore } = await import('./pull-from-store.ts')
    return pullFromStore(engine, `${transport.kind}:${transport.rest}`, options)
  }
  const { path, reference } = split(transport)
  const { platform, policyPath, openKeys } = options
  const decryptionKeys = await openKeys?.()
  const wanted = {
    isPull: true,
    ...defined({ only: reference, platform, policyPath, decryptionKeys }),
  }
  const loaded = await load(engine, { kind: 'path', path }, wanted)
  return loaded.map(({ record, names }) => ({ record, name: names[0] ?? record.id }))
}

function noTags({ kind }: TransportName): EngineError {
  const message = `pulling all tags is not supported for ${kind} transport`
  return new EngineError({ kind: 'unsupported', code: 'flag-unsupported', message })
}

/** The reference begins at the first colon behind the path: skopeo's rule, which forbids colons in paths. */
function split(transport: TransportName): { path: string; reference: string | undefined } {
  if (transport.kind === 'dir') return { path: transport.rest, reference: undefined }
  const colon = transport.rest.indexOf(':')
  const path = colon === -1 ? transport.rest : transport.rest.slice(0, colon)
  if (path === '') throw invalid('transport-malformed', `'${transport.kind}:${transport.rest}' names no path`)
  return { path, reference: colon === -1 ? undefined : transport.rest.slice(colon + 1) }
}
