// pod clone: a new pod set up as another one is now, with a clone of each of its containers. What they wrote is not taken along.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { type ContainerId, newContainerId } from '../../base/ids.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { freeCloneName } from '../container/clone-name.ts'
import { imageOfContainer } from '../container/container-image.ts'
import { createComplete } from '../container/create.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { create } from './create.ts'
import { lockPod } from './lock-pod.ts'
import { isInfra, membersOf } from './members.ts'
import { changedInfra, changedMember, type PodChanges } from './pod-changes.ts'
import type { PodRecord } from './pod-record.ts'
import { remove } from './remove.ts'
import { start } from './start.ts'

export interface PodClone {
  readonly pod: PodRecord
  /** NAME-clone unless given, with a number where that is taken. */
  readonly name?: string
  readonly changes: PodChanges
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
async function build(engine: Engine, { pod: original, name, changes }: PodClone): Promise<PodRecord> {
  const [pod, members] = await snapshot(engine, original)
  const infra = members.find(isInfra)
  checkInfra(infra, changes)
  const hostname = changes.hostname ?? (pod.hostname === pod.name ? undefined : pod.hostname)
  const made = await create(engine, {
    name: name ?? freeCloneName(engine.at, 'pod', pod.name),
    labels: { ...pod.labels, ...changes.labels },
    createCommand: pod.createCommand,
    exitPolicy: pod.exitPolicy,
    restart: changes.restart ?? pod.restart,
    shares: pod.shares,
    isGroupShared: pod.isGroupShared,
    limits: { ...pod.limits, ...changes.limits },
    ...defined({ hostname, groupParent: changes.groupParent ?? pod.groupParent }),
    ...(infra === undefined ? {} : { infra: changedInfra(infraOf(infra), changes.infra) }),
  })
  try {
    for (const member of members.filter((one) => !isInfra(one)))
      await cloneMember(engine, member, { from: pod, to: made, changes })
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

/** Its own name and host name are made of the new pod's. */
function infraOf(infra: StoredContainer): Omit<CompleteSpec, 'name'> {
  const { name: _name, pidFiles: _files, ...spec } = infra.stored.spec
  const { hostname: _hostname, ...process } = spec.process
  return { ...spec, process, network: { ...networkFacetOf(spec), attachments: [...attachmentsOf(infra)] } }
}

/** @throws invalid `infra-missing` */
function checkInfra(infra: StoredContainer | undefined, { hostname, infra: changes }: PodChanges): void {
  if (infra !== undefined) return
  const { namespaces, mounts, volumesFrom, devices, sysctls, ...words } = changes
  const lists = [
    mounts,
    volumesFrom,
    devices.devices,
    devices.cdi ?? [],
    Object.keys({ ...namespaces, ...sysctls, ...words }),
  ]
  if (hostname === undefined && lists.every(({ length }) => length === 0)) return
  throw invalid(
    'infra-missing',
    'the pod has no infra container: only its name, labels, restart policy, group and limits can change',
  )
}

interface Move {
  readonly from: PodRecord
  readonly to: PodRecord
  readonly changes: PodChanges
}

async function cloneMember(engine: Engine, member: StoredContainer, { from, to, changes }: Move): Promise<void> {
  using locked = await lockPod(engine, to)
  const { stored } = member
  const { pidFiles: _pids, cidFile: _cid, ...spec } = stored.spec
  const image =
    stored.image === undefined
      ? undefined
      : {
          ...(await imageOfContainer(engine, { kind: 'image', reference: stored.image.id, pull: 'never' }, {})),
          name: stored.image.name,
        }
  const move = { from, to: locked.pod, changes, imageUser: image?.run.user ?? '' }
  const moved = changed(engine, inNewPod(spec, from, locked.pod), move)
  const complete = (name: string) => ({ ...moved, name })
  const plan = { name: freeCloneName(engine.at, 'container', member.name), complete, image, limits: {} }
  await createComplete(engine, { ...plan, id: newContainerId() satisfies ContainerId })
}

/** A restart policy that is not the pod's is the member's own. */
function changed(
  { at }: Engine,
  spec: CompleteSpec,
  { from, to, changes, imageUser }: Move & { readonly imageUser: string },
): CompleteSpec {
  const { restart = from.restart, groupParent } = changes
  const { cgroup } = spec
  const isParents = groupParent !== undefined && cgroup.pod !== undefined && cgroup.parent === from.groupParent
  const renewed: CompleteSpec = {
    ...spec,
    restart: spec.pod?.role === 'member' && isSamePolicy(spec.restart, from.restart) ? restart : spec.restart,
    cgroup: isParents ? { ...cgroup, parent: groupParent } : cgroup,
  }
  const [old, made] = [from.infraId, to.infraId].map((id) =>
    id === undefined ? undefined : readStoredContainer(at, id),
  )
  if (old === undefined || made === undefined) return renewed
  const infras = { from: old.stored.spec, to: made.stored.spec, toId: made.id, imageUser }
  return changedMember(renewed, changes.infra, infras)
}

function isSamePolicy(one: CompleteSpec['restart'], other: CompleteSpec['restart']): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
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
