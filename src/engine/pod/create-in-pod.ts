// A container that is made in a pod: what it shares with the others, and what it may not have because the pod has it.

import { readFileSync } from 'node:fs'
import { type EngineError, errnoOf, invalid } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { CompleteNamespaces, NamespaceFacet } from '../../spec/namespaces.ts'
import { networkFacetOf } from '../../spec/network.ts'
import type { PodFacet, PodNamespace } from '../../spec/pod.ts'
import { plainSecurity, type SecurityFacet } from '../../spec/security.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { create as createPod } from './create.ts'
import { selectPod } from './find-pod.ts'
import { lockPod } from './lock-pod.ts'
import { membersOf } from './members.ts'
import type { PodRecord } from './pod-record.ts'
import { remove as removePod } from './remove.ts'

export interface MemberPlan<T> {
  /** Makes the container of the spec that it is given. */
  readonly make: (spec: ContainerSpec) => Promise<T>
  /** By the caller. */
  readonly isPodLocked: boolean
}

/** A new pod goes again when its container cannot be made. @throws as `make`; not-found `pod-unknown` */
export async function createInPod<T>(
  engine: Engine,
  spec: ContainerSpec,
  { make, isPodLocked }: MemberPlan<T>,
): Promise<T> {
  const facet = spec.pod as PodFacet
  if (facet.isNew !== true) {
    const pod = selectPod(engine.at, idOf(facet))
    if (isPodLocked) return make(inPod(engine, spec, pod))
    using locked = await lockPod(engine, pod)
    return await make(inPod(engine, spec, locked.pod))
  }
  const pod = await makePod(engine, spec)
  try {
    using locked = await lockPod(engine, pod)
    return await make(inPod(engine, withoutPods(spec), locked.pod))
  } catch (error) {
    await removePod(engine, { pod, isForced: true })
    throw error
  }
}

/** @throws invalid `pod-id-file-unreadable` */
function idOf({ id, idFile }: PodFacet): string {
  if (idFile === undefined) return id
  try {
    return readFileSync(idFile, 'utf8').split('\n')[0] ?? ''
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('pod-id-file-unreadable', `reading pod ID file: open ${idFile}: no such file or directory`)
  }
}

/** With the container's own network, host name and process namespace, which the pod has for it. */
async function makePod(engine: Engine, spec: ContainerSpec): Promise<PodRecord> {
  const { pod, process, network, namespaces, restart } = spec
  const { user, pid, network: mode } = namespaces
  return createPod(engine, {
    name: pod?.id as string,
    labels: {},
    createCommand: spec.createCommand,
    ...(process.hostname === undefined ? {} : { hostname: process.hostname }),
    exitPolicy: engine.settings.podExitPolicy,
    restart,
    shares: ['ipc', 'net', 'uts'],
    isGroupShared: true,
    limits: {},
    infra: {
      ...infraBase(engine),
      ...(network === undefined ? {} : { network }),
      namespaces: {
        ...(user === undefined ? {} : { user }),
        ...(pid?.kind === 'host' ? { pid } : {}),
        ...(mode === undefined ? {} : { network: mode }),
      },
    },
  })
}

/** An infra container of which nothing was asked. */
export function infraBase({ settings }: Pick<Engine, 'settings'>): ContainerSpec {
  const { infraImage, containerDefaults } = settings
  const source =
    infraImage === undefined
      ? ({ kind: 'pause' } as const)
      : ({ kind: 'image', reference: infraImage, pull: containerDefaults.pullPolicy } as const)
  return {
    source,
    labels: {},
    annotations: {},
    process: infraProcess(source.kind === 'pause'),
    namespaces: {},
    mounts: { mounts: [], volumesFrom: [], isRootReadOnly: true, hasWritableTmpfs: false },
    devices: { devices: [] },
    resources: { sysctls: {} },
    cgroup: { mode: 'enabled' },
    security: plainSecurity,
    log: { options: {} },
    stop: {},
    isAutoRemoved: false,
    restart: { policy: 'no' },
    createCommand: [],
  }
}

function infraProcess(isOurs: boolean): ContainerSpec['process'] {
  return {
    ...(isOurs ? { entrypoint: ['/pause'] } : {}),
    command: [],
    environment: [],
    hasTerminal: false,
    isStdinOpen: false,
  }
}

function withoutPods(spec: ContainerSpec): ContainerSpec {
  const { network: _network, process, namespaces, ...rest } = spec
  const { hostname: _hostname, ...ownProcess } = process
  const { network: _mode, user: _user, ...own } = namespaces
  return { ...rest, process: ownProcess, namespaces: own }
}

/** The pod's lock is held. @throws invalid `pod-member-invalid`, `pod-running` */
function inPod(engine: Engine, spec: ContainerSpec, pod: PodRecord): ContainerSpec {
  const facet = spec.pod as PodFacet
  const infra = pod.infraId === undefined ? undefined : readStoredContainer(engine.at, pod.infraId)
  if (facet.role !== 'member') refuseIfRunning(engine, pod)
  const shared = infra === undefined ? spec : sharing(spec, pod, infra)
  return {
    ...shared,
    pod: { id: pod.id, role: facet.role },
    ...(facet.isRestartOfPod === true && !spec.isAutoRemoved && facet.role === 'member'
      ? { restart: pod.restart }
      : {}),
    cgroup: groupFor(spec, pod),
  }
}

function refuseIfRunning({ at }: Engine, { id }: PodRecord): void {
  const running = membersOf(at, id).some(({ live }) => isAlive(live))
  if (running) throw invalid('pod-running', 'cannot add init-ctr to a running pod')
}

function groupFor({ cgroup }: ContainerSpec, { id, isGroupShared, groupParent }: PodRecord): ContainerSpec['cgroup'] {
  if (!isGroupShared || cgroup.parent !== undefined || cgroup.mode !== 'enabled') return cgroup
  return { ...cgroup, pod: id, ...(groupParent === undefined ? {} : { parent: groupParent }) }
}

const facets: Readonly<Record<PodNamespace, Exclude<keyof CompleteNamespaces, 'user'>>> = {
  cgroup: 'cgroup',
  ipc: 'ipc',
  net: 'network',
  pid: 'pid',
  uts: 'uts',
}

function sharing(spec: ContainerSpec, pod: PodRecord, infra: StoredContainer): ContainerSpec {
  const { namespaces } = spec
  const theirs = infra.stored.spec
  const joined = { kind: 'container', id: infra.id } as const
  const taken = pod.shares.map((name) => facets[name]).filter((facet) => namespaces[facet] === undefined)
  checkShared(spec, new Set(taken))
  const shared: NamespaceFacet = Object.fromEntries(taken.map((facet) => [facet, joined]))
  const user = theirs.namespaces.user.kind === 'host' ? {} : { user: joined }
  if (namespaces.user !== undefined && theirs.namespaces.user.kind !== 'host') {
    throw newMapInPod()
  }
  const hasMounts = theirs.mounts.mounts.length > 0
  // Who keeps ids runs under the user's own in every member.
  const kept = theirs.namespaces.user.kind === 'keep-id' ? theirs.process.user : undefined
  return {
    ...spec,
    process: kept === undefined ? spec.process : { ...spec.process, user: spec.process.user ?? kept },
    namespaces: { ...namespaces, ...shared, ...user },
    mounts: { ...spec.mounts, volumesFrom: [...(hasMounts ? [infra.id] : []), ...(spec.mounts.volumesFrom ?? [])] },
    devices: {
      ...theirs.devices,
      ...spec.devices,
      devices: [...theirs.devices.devices, ...spec.devices.devices],
    },
    security: inheritedSecurity(spec.security, theirs.security),
  }
}

/** A member's own word is the stronger one. */
export function inheritedSecurity(own: SecurityFacet, pods: SecurityFacet): SecurityFacet {
  const seccomp = own.seccomp ?? pods.seccomp
  const apparmor = own.apparmor ?? pods.apparmor
  return {
    ...own,
    noNewPrivileges: own.noNewPrivileges || pods.noNewPrivileges,
    labels: own.labels.length > 0 ? own.labels : pods.labels,
    mask: [...pods.mask, ...own.mask],
    unmask: [...pods.unmask, ...own.unmask],
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(apparmor === undefined ? {} : { apparmor }),
  }
}

/** podman's words for what only the pod can have. */
function checkShared(spec: ContainerSpec, taken: ReadonlySet<string>): void {
  if (taken.has('uts') && spec.process.hostname !== undefined) {
    throw bad('invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration')
  }
  if (!taken.has('network')) return
  const { attachments, ports, isAllPublished, hosts } = networkFacetOf(spec)
  const complaint =
    attachments.length > 0
      ? 'networks must be defined when the pod is created'
      : ports.length > 0 || isAllPublished
        ? 'published or exposed ports must be defined when the pod is created'
        : hosts.added.length > 0
          ? 'extra host entries must be specified on the pod'
          : undefined
  if (complaint === undefined) return
  throw bad(`invalid config provided: ${complaint}: network cannot be configured when it is shared with a pod`)
}

export function newMapInPod(): EngineError {
  return bad('cannot specify a new uid/gid map when entering a pod with an infra container: invalid argument')
}

function bad(message: string): EngineError {
  return invalid('pod-member-invalid', message)
}
