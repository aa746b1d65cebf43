// The containers that a verb is to act on: named, all, the latest, filtered. Reads only, takes no lock.

import { EngineError } from '../../base/errors.ts'
import type { Layout } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { compileContainerFilters } from './container-filter.ts'
import { containerIds, findContainer } from './find-container.ts'
import { containerGone } from './lock-container.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

export interface Selection {
  /** Names, ids or prefixes of ids; with `all` they are ignored. */
  readonly names: readonly string[]
  readonly all: boolean
  readonly latest: boolean
  /** `name=value`; all must match (see container-filter.ts). */
  readonly filters: readonly string[]
  /** A name that nobody has is passed over. */
  readonly ignore: boolean
}

/** @throws not-found `container-unknown`; invalid `container-ambiguous` */
export function selectContainer(engine: Pick<Engine, 'at'>, text: string): StoredContainer {
  const container = findContainer(engine.at, text)
  if (container === undefined) throw containerGone(text)
  return container
}

/** In the order named; all of them newest first. @throws as selectContainer and compileContainerFilters */
export function selectContainers(engine: Engine, selection: Selection): StoredContainer[] {
  const chosen = candidates(engine, selection)
  return chosen.filter(compileContainerFilters(engine, selection.filters))
}

/** Every container, newest first. One that is being removed at this moment is left out. */
export function allContainers(at: Layout): StoredContainer[] {
  const found = containerIds(at).flatMap((id) => readStoredContainer(at, id) ?? [])
  return found.sort((a, b) => (a.stored.createdAt < b.stored.createdAt ? 1 : -1))
}

function candidates(engine: Engine, { names, all, latest, ignore }: Selection): StoredContainer[] {
  if (all) return allContainers(engine.at)
  if (latest) return latestContainer(engine.at)
  return names.flatMap((name) => {
    const found = findContainer(engine.at, name)
    if (found === undefined && !ignore) throw containerGone(name)
    return found ?? []
  })
}

function latestContainer(at: Layout): StoredContainer[] {
  const [newest] = allContainers(at)
  if (newest !== undefined) return [newest]
  throw new EngineError({
    kind: 'not-found',
    code: 'container-unknown',
    message: 'no containers to act on: no such container',
  })
}
