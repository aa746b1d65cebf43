// Names of what there is, and ids where they are begun.

import { shortId } from '../../base/ids.ts'
import type { Engine } from '../../engine/engine.ts'
import type { CompletionKind } from '../command.ts'
import { type Candidate, offer, type Suggestions } from './suggestions.ts'

export type NamedKind = Exclude<CompletionKind, 'file' | 'folder' | 'none'>

export async function suggestNames(engine: Engine, kinds: readonly NamedKind[], typed: string): Promise<Suggestions> {
  const candidates = await Promise.all(kinds.map(async (kind) => sources[kind](engine, typed)))
  return offer(candidates.flat(), typed)
}

type Source = (engine: Engine, typed: string) => Promise<Candidate[]>

const sources: Readonly<Record<NamedKind, Source>> = {
  container: async (engine, typed) => containers(engine, typed, () => true),
  'running-container': async (engine, typed) =>
    containers(engine, typed, (status) => ['running', 'paused'].includes(status)),
  image: images,
  network: async (engine) => {
    const { list } = await import('../../engine/network/list.ts')
    return list(engine, []).map(({ name }) => ({ text: name }))
  },
  pod: async ({ at }) => {
    const { allPods } = await import('../../engine/pod/pod-record.ts')
    return allPods(at).map(({ name }) => ({ text: name }))
  },
  secret: async ({ at }) => {
    const { listSecrets } = await import('../../secret/secret-store.ts')
    return listSecrets(at).map(({ name }) => ({ text: name }))
  },
  volume: async ({ at }) => {
    const { volumeNames } = await import('../../volume/volume-store.ts')
    return volumeNames(at).map((text) => ({ text }))
  },
}

async function containers({ at }: Engine, typed: string, isWanted: (status: string) => boolean): Promise<Candidate[]> {
  const { allContainers } = await import('../../engine/container/select.ts')
  return allContainers(at)
    .filter(({ live }) => isWanted(live.status))
    .flatMap(({ id, name, stored }) => {
      const about = stored.image?.name ?? ''
      return [{ text: name, about }, ...begunId(id, typed).map((text) => ({ text, about }))]
    })
}

/** In full, or once it is begun without its registry and path. */
async function images({ at }: Engine, typed: string): Promise<Candidate[]> {
  const [{ listImageIds, listNames }, { manifestListIds }] = await Promise.all([
    import('../../transport/image-records.ts'),
    import('../../transport/manifest-lists.ts'),
  ])
  const names = listNames(at).flatMap(({ reference }) => {
    const parts = reference.split('/')
    return typed === '' ? [reference] : parts.map((_, index) => parts.slice(index).join('/'))
  })
  return [...names, ...[...listImageIds(at), ...manifestListIds(at)].flatMap((id) => begunId(id, typed))].map(
    (text) => ({ text }),
  )
}

/** One letter would offer a sixteenth of all. */
function begunId(id: string, typed: string): string[] {
  return typed.length > 1 && id.startsWith(typed) ? [shortId(id)] : []
}
