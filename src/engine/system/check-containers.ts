// Containers: their records, their names, their layers.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import type { ContainerId } from '../../base/ids.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { claimOwner, listClaims, tryClaim } from '../../state/claim.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord, type Versioned } from '../../state/record.ts'
import { layerNames } from '../../storage/layer-store.ts'
import { listImages } from '../../transport/image-records.ts'
import { containerIds } from '../container/find-container.ts'
import { isBusy } from '../container/lock-container.ts'
import type { Engine } from '../engine.ts'
import { healRecord } from './heal-record.ts'
import type { Problem } from './problem.ts'
import { removeDamagedContainer } from './remove-damaged-container.ts'

export function checkContainers(engine: Engine): Problem[] {
  const known = knownLayers(engine.at)
  return containerIds(engine.at).flatMap((id) => {
    const found = checkContainer(engine, id, known)
    const isSettled = found.length > 0 && !isBusy(engine.at, id) && existsSync(paths.container(engine.at, id))
    return isSettled ? checkContainer(engine, id, known) : []
  })
}

/** Those that are there, and those that an image misses: check-images.ts names them. */
function knownLayers(at: Layout): Set<string> {
  const ofImages = listImages(at).flatMap((image) => image.layers.map((layer) => layer.chainId))
  return new Set([...layerNames(at).map((hex) => `sha256:${hex}`), ...ofImages])
}

function checkContainer(engine: Engine, id: string, known: ReadonlySet<string>): Problem[] {
  const { state, spec } = containerFiles.root
  const record = read<ContainerRecord>(engine.at, id, state)
  const stored = read<StoredSpec>(engine.at, id, spec)
  if (typeof stored === 'string') return [brokenFile(engine, id, { name: spec, how: stored })]
  if (typeof record === 'string') return [brokenRecord(engine, id, { stored, how: record })]
  const missing = stored.layers.filter((chainId) => !known.has(chainId))
  return [...unclaimed(engine, record), ...missing.map((chainId) => withoutLayer(engine, record, chainId))]
}

type Broken = 'missing' | 'damaged'

function read<T extends Versioned>(at: Layout, id: string, name: string): T | Broken {
  try {
    return readRecord<T>(join(paths.container(at, id), name)) ?? 'missing'
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'damaged'
    throw error
  }
}

function brokenFile(engine: Engine, id: string, { name, how }: { name: string; how: Broken }): Problem {
  return {
    code: 'container-spec-unreadable',
    message: `container ${id.slice(0, 12)}${calledText(engine.at, id)}: its ${name} is ${how}`,
    remove: async () => removeDamagedContainer(engine, id),
  }
}

function brokenRecord(engine: Engine, id: string, broken: { stored: StoredSpec; how: Broken }): Problem {
  return {
    code: 'container-record-unreadable',
    message: `container ${id.slice(0, 12)}${calledText(engine.at, id)}: its ${containerFiles.root.state} is ${broken.how}`,
    heal: async () => healRecord(engine, id as ContainerId, broken.stored),
    remove: async () => removeDamagedContainer(engine, id),
  }
}

function unclaimed(engine: Engine, { id, name }: ContainerRecord): Problem[] {
  const owner = claimOwner(engine.at, 'container', name)
  if (owner === id) return []
  const whose = owner === undefined ? "nobody's" : `container ${owner.slice(0, 12)}'s`
  return [
    {
      code: 'container-name-unclaimed',
      message: `container ${id.slice(0, 12)} is called '${name}', but that name is ${whose}`,
      ...(owner === undefined ? { heal: () => tryClaim(engine.at, { kind: 'container', name, id }) } : {}),
      remove: async () => removeDamagedContainer(engine, id),
    },
  ]
}

function withoutLayer(engine: Engine, { id, name }: ContainerRecord, chainId: string): Problem {
  return {
    code: 'container-layer-missing',
    message: `container ${id.slice(0, 12)} ('${name}') lacks layer ${chainId}, which no image has: make it anew`,
    remove: async () => removeDamagedContainer(engine, id),
  }
}

function calledText(at: Layout, id: string): string {
  const claim = absentAsUndefined(() => listClaims(at, 'container').find((one) => one.id === id))
  return claim === undefined ? '' : ` ('${claim.name}')`
}
