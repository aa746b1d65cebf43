// A container of a manifest → the spec that the engine makes one of.

import { join } from 'node:path'
import { defined } from '../../base/defined.ts'
import { signalNumber } from '../../base/signal-number.ts'
import { labelOfService } from '../../os/own-service.ts'
import { normalizeCapability } from '../../spec/capabilities.ts'
import { isCdiName } from '../../spec/cdi-name.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { type DeviceFacet, type DeviceRequest, parseDevice } from '../../spec/devices.ts'
import { healthCommand } from '../../spec/health.ts'
import type { LifecycleFacet, LifecycleHook } from '../../spec/lifecycle.ts'
import type { LogFacet } from '../../spec/log.ts'
import type { ManifestFacet } from '../../spec/manifest.ts'
import type { Mount } from '../../spec/mounts.ts'
import { type NotifyFacet, parseNotifyMode } from '../../spec/notify.ts'
import { type PodFacet, podAddressMark } from '../../spec/pod.ts'
import type { RestartPolicy } from '../../spec/restart.ts'
import type { SecurityFacet } from '../../spec/security.ts'
import { parseUlimits } from '../../spec/ulimits.ts'
import type { Engine } from '../engine.ts'
import { requestOf, shellWordsOf } from './action-command.ts'
import { annotationKeys, badAnnotation, booleanOf, ofContainer, ofContainerOrPod } from './annotations.ts'
import { containerMounts } from './container-mounts.ts'
import { environmentOf } from './environment.ts'
import { expand } from './expand.ts'
import { healthOf } from './health.ts'
import { automountedImages, volumesFromOf } from './other-mounts.ts'
import type { PodFacts } from './pod-facts.ts'
import type { PodVolumes } from './pod-volumes.ts'
import type { KubeHook } from './read-action.ts'
import type { KubeContainer } from './read-container.ts'
import type { KubePod } from './read-pod.ts'
import type { ProfileChoice } from './read-security.ts'
import type { PullPolicy } from './read-value-source.ts'

export interface ContainerRequest {
  readonly facts: PodFacts
  readonly container: KubeContainer
  readonly role: PodFacet['role']
  readonly volumes: PodVolumes
  /** Containers that have to run before it. */
  readonly requires: readonly string[]
  readonly log: LogFacet
  /** Where profiles of seccomp lie. */
  readonly seccompFolder: string
  readonly createCommand: readonly string[]
  /** A service manager hears of its pod as a whole. */
  readonly isServed: boolean
}

/** @throws invalid `manifest-invalid`, `annotation-invalid`, and what the facets' parsers throw */
export async function containerSpec(engine: Engine, request: ContainerRequest): Promise<ContainerSpec> {
  const { facts, container, role, requires, log, createCommand } = request
  const { pod } = facts
  const variables = await environmentOf(engine, facts, container)
  const { mounts, devices } = await containerMounts(engine, container, {
    volumes: request.volumes,
    variables,
    annotations: pod.annotations,
  })
  const images = await automountedImages(engine, pod, container.name)
  const restart = role === 'member' ? restartOf(pod, container) : ({ policy: 'no' } as const)
  const health = healthOf(container, { isRestarted: restart.policy !== 'no', variables })
  const { security } = container
  return {
    name: `${pod.name}-${container.name}`,
    source: { kind: 'image', reference: container.image, pull: container.pull ?? usualPull(container.image) },
    labels: { ...pod.labels, ...updateLabels(pod, container), ...labelOfService() },
    annotations: pod.annotations,
    process: processOf(request, variables),
    namespaces: pod.isHostPid ? { pid: { kind: 'host' } } : {},
    mounts: {
      mounts: withScratch([...images, ...mounts]),
      volumesFrom: volumesFromOf(pod, container.name),
      hasWritableTmpfs: true,
      ...defined({ isRootReadOnly: security.isRootReadOnly }),
    },
    devices: deviceFacet(container, devices),
    resources: resourcesOf(pod, container),
    cgroup: { mode: 'enabled' },
    security: securityOf(request),
    log,
    stop: role === 'member' ? stopOf(pod, container) : {},
    notify: notifyOf(request),
    isAutoRemoved: booleanOf(pod.annotations, annotationKeys.autoRemove, container.name) ?? false,
    restart,
    pod: { id: facts.id, role },
    createCommand,
    ...(requires.length === 0 ? {} : { requires, awaitsStartup: true }),
    manifest: manifestOf(pod, container),
    ...defined({ health, lifecycle: lifecycleOf(container) }),
  }
}

function stopOf({ graceSeconds }: KubePod, { lifecycle }: KubeContainer): ContainerSpec['stop'] {
  const { stopSignal } = lifecycle
  return defined({
    timeoutSeconds: graceSeconds,
    signal: stopSignal === undefined ? undefined : signalNumber(stopSignal),
  })
}

function lifecycleOf({ lifecycle }: KubeContainer): LifecycleFacet | undefined {
  const { postStart, preStop } = lifecycle
  if (postStart === undefined && preStop === undefined) return undefined
  return defined({ postStart: postStart && hookOf(postStart), preStop: preStop && hookOf(preStop) })
}

function hookOf(hook: KubeHook): LifecycleHook {
  if (hook.kind === 'sleep') return hook
  const command = healthCommand({ test: shellWordsOf(hook) })
  return { kind: 'command', command, ...(hook.kind === 'exec' ? {} : { request: requestOf(hook) }) }
}

function manifestOf({ security, pullSecrets }: KubePod, { security: own }: KubeContainer): ManifestFacet {
  const isNonRoot = own.isNonRoot ?? security.isNonRoot
  return {
    ...(pullSecrets.length === 0 ? {} : { pullSecrets }),
    ...defined({ fsGroup: security.fsGroup, isNonRoot }),
  }
}

/** Where the kubelet looks for profiles, and so does kube play unless it is told otherwise. */
export const seccompRoot = '/var/lib/kubelet/seccomp'

/** podman's: whatever the root file system, these are in memory. */
export const scratchFolders = ['/run', '/tmp', '/var/tmp']

function withScratch(mounts: readonly Mount[]): Mount[] {
  const taken = new Set(mounts.map(({ destination }) => destination))
  const scratch = scratchFolders.filter((folder) => !taken.has(folder))
  return [...scratch.map((destination) => ({ kind: 'tmpfs' as const, destination, options: [] })), ...mounts]
}

/** podman's: what is called latest may have become another. Short names are as they were found. */
export function usualPull(image: string): PullPolicy {
  const [first = '', ...rest] = image.split('/')
  const isQualified = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  return isQualified && /(?:\/[^:@/]+|:latest)$/.test(image) ? 'newer' : 'missing'
}

function updateLabels({ annotations }: KubePod, { name }: KubeContainer): Record<string, string> {
  const keys = [annotationKeys.autoUpdate, annotationKeys.autoUpdateAuthFile]
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = ofContainerOrPod(annotations, key, name)
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function restartOf({ restart: pods }: KubePod, { isSidecar, restart = pods }: KubeContainer): RestartPolicy {
  if (isSidecar || restart === 'Always') return { policy: 'always' }
  return restart === 'Never' ? { policy: 'no' } : { policy: 'on-failure', maxRetries: 0 }
}

function processOf({ facts, container }: ContainerRequest, variables: ReadonlyMap<string, string>) {
  const { pod } = facts
  const expanded = (words: readonly string[]) => words.map((word) => expand(word, variables))
  const { fsGroup, supplementalGroups } = pod.security
  const groups = [...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])].map(String)
  return {
    command: expanded(container.args),
    environment: [...variables].map(([name, value]) => `${name}=${value}`),
    hasTerminal: container.hasTerminal,
    isStdinOpen: container.isStdinOpen,
    ...(container.command.length === 0 ? {} : { entrypoint: expanded(container.command) }),
    ...(groups.length === 0 ? {} : { groups }),
    ...([...variables.values()].some((value) => value.includes(podAddressMark)) ? { namesPodAddress: true } : {}),
    ...defined({
      workdir: container.workdir,
      user: userOf(facts.pod, container),
      init: booleanOf(pod.annotations, annotationKeys.init, container.name),
    }),
  }
}

function userOf(pod: KubePod, { security }: KubeContainer): string | undefined {
  const user = security.user ?? pod.security.user
  const group = security.group ?? pod.security.group
  if (group === undefined) return user === undefined ? undefined : String(user)
  return `${user ?? 0}:${group}`
}

const deviceVendor = 'podman.io/device='

function deviceFacet({ devices: named }: KubeContainer, mounted: readonly DeviceRequest[]): DeviceFacet {
  const own = named.filter((name) => name.startsWith(deviceVendor)).map((name) => name.slice(deviceVendor.length))
  const cdi = named.filter((name) => !name.startsWith(deviceVendor) && isCdiName(name))
  return { devices: [...own.map(parseDevice), ...mounted], ...(cdi.length === 0 ? {} : { cdi }) }
}

/** A CPU's usual share is 1024; the kernel takes no less than 2. */
function resourcesOf({ annotations }: KubePod, { limits, requests }: KubeContainer): ContainerSpec['resources'] {
  const ulimits = annotations[annotationKeys.ulimit]
  return {
    sysctls: {},
    ...(ulimits === undefined ? {} : { ulimits: parseUlimits(ulimits.split(',')) }),
    ...defined({
      cpus: limits.cpus || undefined,
      memoryBytes: limits.memoryBytes || undefined,
      memoryReservationBytes: requests.memoryBytes || undefined,
      cpuShares: requests.cpus === undefined ? undefined : Math.max(2, Math.floor(requests.cpus * 1024)),
    }),
  }
}

function securityOf({ facts, container, seccompFolder }: ContainerRequest): SecurityFacet {
  const { pod } = facts
  const { security: own } = container
  const label = ofContainer(pod.annotations, annotationKeys.label, container.name)
  const labels = own.labels.length > 0 ? own.labels : pod.security.labels
  const seccomp = own.seccomp ?? pod.security.seccomp ?? annotatedSeccomp(pod, container)
  const apparmor = own.apparmor ?? pod.security.apparmor
  return {
    isPrivileged: own.isPrivileged ?? false,
    capAdd: own.capAdd.map(normalizeCapability),
    capDrop: own.capDrop.map(normalizeCapability),
    noNewPrivileges: own.isEscalationAllowed === false,
    labels: [...labels, ...(label === undefined || labels.includes(label) ? [] : [label])],
    mask: [],
    unmask: own.isProcUnmasked === true ? ['ALL'] : [],
    ...defined({
      seccomp: profileOf(seccomp, (path) => join(seccompFolder, path)),
      apparmor: profileOf(apparmor, (name) => name),
    }),
  }
}

function profileOf(choice: ProfileChoice | undefined, ownProfile: (path: string) => string): string | undefined {
  if (choice?.kind === 'own') return ownProfile(choice.path)
  return choice?.kind === 'unconfined' ? 'unconfined' : undefined
}

/** Kubernetes' way before 1.19, and podman's. */
function annotatedSeccomp({ annotations }: KubePod, { name }: KubeContainer): ProfileChoice | undefined {
  const text = ofContainer(annotations, annotationKeys.containerSeccomp, name) ?? annotations[annotationKeys.podSeccomp]
  if (text === undefined || text === 'runtime/default' || text === 'docker/default') return undefined
  if (text === 'unconfined') return { kind: 'unconfined' }
  if (text.startsWith('localhost/')) return { kind: 'own', path: text.slice('localhost/'.length) }
  throw badAnnotation(`invalid seccomp path: ${text}`)
}

function notifyOf({ facts, container, role, isServed }: ContainerRequest): NotifyFacet {
  const { annotations } = facts.pod
  const mode = parseNotifyMode(ofContainerOrPod(annotations, annotationKeys.notify, container.name) ?? 'ignore')
  if (role !== 'member') return { mode: 'ignore' }
  return isServed && mode !== 'ignore' ? { mode, isAwaited: true } : { mode }
}
