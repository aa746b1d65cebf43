// pod clone: a new pod set up as another one is now, with a clone of each of its containers. What they wrote is not taken along.

import { type ContainerId, newContainerId } from '../../base/ids.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { Limits } from '../../spec/limits.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { freeCloneName } from '../container/clone-name.ts'
import { imageOfContainer } from '../container/container-image.ts'
import { createComplete } from '../container/create.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { create } from './create.ts'
import { lockPod } from './lock-pod.ts'
import { isInfra, membersOf } from './members.ts'
import type { PodRecord } from './pod-record.ts'
import { remove } from './remove.ts'
import { start } from './start.ts'

export interface PodClone {
  readonly pod: PodRecord
  /** NAME-clone unless given, with a number where that is taken. */
  readonly name?: string
  /** Instead of the original's of the same names. */
  readonly limits: Limits
  /** The original is removed; it must not run. */
  readonly isDestroying: boolean
  readonly isStarted: boolean
}

/** Durable. When it throws before the start, there is no clone. @throws as create, remove and start do */
export async function clone(engine: Engine, request: PodClone): Promise<PodRecord> {
  const made = await build(engine, request)
  if (request.isDestroying) {
    try {
      await remove(engine, { pod: request.pod, isForced: false })
    } catch (error) {
      await remove(engine, { pod: made, isForced: true })
      throw error
    }
  }
  if (request.isStarted) await start(engine, made)
  return made
}

/** The original cannot go meanwhile. */
async function build(engine: Engine, { pod: original, name, limits }: PodClone): Promise<PodRecord> {
  const [pod, members] = await snapshot(engine, original)
  const infra = members.find(isInfra)
  const made = await create(engine, {
    name: name ?? freeCloneName(engine.at, 'pod', pod.name),
    labels: pod.labels,
    createCommand: pod.createCommand,
    ...(pod.hostname === pod.name ? {} : { hostname: pod.hostname }),
    exitPolicy: pod.exitPolicy,
    restart: pod.restart,
    shares: pod.shares,
    isGroupShared: pod.isGroupShared,
    ...(pod.groupParent === undefined ? {} : { groupParent: pod.groupParent }),
    limits: { ...pod.limits, ...limits },
    ...(infra === undefined ? {} : { infra: infraOf(infra) }),
  })
  try {
    for (const member of members.filter((one) => !isInfra(one)))
      await cloneMember(engine, member, { from: pod, to: made })
    return made
  } catch (error) {
    await remove(engine, { pod: made, isForced: true })
    throw error
  }
}

async function snapshot(engine: Engine, original: PodRecord): Promise<[PodRecord, StoredContainer[]]> {
  using locked = await lockPod(engine, original)
  return [locked.pod, membersOf(engine.at, original.id)]
}

/** Its own name is made of the new pod's. */
function infraOf(infra: StoredContainer): Omit<CompleteSpec, 'name'> {
  const { name: _name, pidFiles: _files, ...spec } = infra.stored.spec
  return { ...spec, network: { ...networkFacetOf(spec), attachments: [...attachmentsOf(infra)] } }
}

async function cloneMember(
  engine: Engine,
  member: StoredContainer,
  pods: { readonly from: PodRecord; readonly to: PodRecord },
): Promise<void> {
  using locked = await lockPod(engine, pods.to)
  const { stored } = member
  const { pidFiles: _pids, cidFile: _cid, ...spec } = stored.spec
  const moved = inNewPod(spec, pods.from, locked.pod)
  const image =
    stored.image === undefined
      ? undefined
      : {
          ...(await imageOfContainer(engine, { kind: 'image', reference: stored.image.id, pull: 'never' }, {})),
          name: stored.image.name,
        }
  const complete = (name: string) => ({ ...moved, name })
  const plan = { name: freeCloneName(engine.at, 'container', member.name), complete, image, limits: {} }
  await createComplete(engine, { ...plan, id: newContainerId() satisfies ContainerId })
}

function inNewPod(spec: Omit<CompleteSpec, 'pidFiles' | 'cidFile'>, from: PodRecord, to: PodRecord): CompleteSpec {
  const moved = (id: string) => (id === from.infraId && to.infraId !== undefined ? to.infraId : id)
  const namespaces = Object.fromEntries(
    Object.entries(spec.namespaces).map(([type, mode]) => [
      type,
      mode.kind === 'container' ? { ...mode, id: moved(mode.id) } : mode,
    ]),
  ) as unknown as CompleteSpec['namespaces']
  return {
    ...spec,
    namespaces,
    mounts: {
      ...spec.mounts,
      ...(spec.mounts.volumesFrom === undefined ? {} : { volumesFrom: spec.mounts.volumesFrom.map(moved) }),
    },
    cgroup: { ...spec.cgroup, ...(spec.cgroup.pod === undefined ? {} : { pod: to.id }) },
    pod: { id: to.id, role: spec.pod?.role ?? 'member' },
  }
}
