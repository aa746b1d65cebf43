// A manifest list opened for reading, with every place that its entries name.

import { blobsOfList, type ManifestListRecord } from '../../image/manifest-list.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { listSource } from '../../transport/list-source.ts'
import { pinContent } from '../../transport/pin.ts'
import type { Engine } from '../engine.ts'
import { parseOrigin, withSource } from '../image/outward-source.ts'
import type { RegistryAccess } from '../image/registry-session.ts'

export interface ListToRead {
  readonly list: ManifestListRecord
  readonly label: string
  readonly access: RegistryAccess
  /** The registry that the credentials are for: entries may lie with anybody, who must not see them. */
  readonly registry?: string | undefined
}

/** @throws what opening a place throws, before anything is read; what `read` throws */
export async function withListSource<T>(
  engine: Engine,
  { list, label, access, registry }: ListToRead,
  read: (source: ImageSource) => Promise<T>,
): Promise<T> {
  const { credentials: _, ...anonymous } = access
  const open = async (texts: readonly string[], sources: ReadonlyMap<string, ImageSource>): Promise<T> => {
    const [text, ...others] = texts
    if (text === undefined) return read(listSource(engine.at, { list, label, sources }))
    const origin = parseOrigin(text)
    const isKnown = origin.kind === 'docker' && origin.reference.domain === registry
    return withSource(engine, { origin, access: isKnown ? access : anonymous }, async (source) =>
      open(others, new Map([...sources, [text, source]])),
    )
  }
  using _pin = await pinContent(engine.at, { blobs: blobsOfList(list), layers: [] }, engine.patience)
  const places = list.entries.flatMap(({ source }) => (typeof source === 'string' ? [source] : []))
  return await open([...new Set(places)], new Map())
}
