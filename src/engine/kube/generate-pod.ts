// The pod that containers, or a pod of ours, would be in Kubernetes.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { type DnsFacet, networkFacetOf } from '../../spec/network.ts'
import type { RestartPolicy } from '../../spec/restart.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isInfra, isInit, sidecarsAmong } from '../pod/members.ts'
import type { PodRecord } from '../pod/pod-record.ts'
import { annotationKeys, userNamespaceNote } from './annotations.ts'
import { generateAnnotations } from './generate-annotations.ts'
import { timestamp } from './generate-claim.ts'
import { type GeneratedContainer, type GeneratedPort, generateContainer, portsOf } from './generate-container.ts'
import type { GeneratedVolumes } from './generate-mounts.ts'
import { generateResources } from './generate-resources.ts'
import { type KubeRestart, ownRestart, podRestart } from './generate-restart.ts'
import { containerNames, isLabelValue, isQualifiedName, kubeName } from './kube-name.ts'

export interface GeneratedPod {
  readonly metadata: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly creationTimestamp: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: GeneratedPodSpec
}

export interface GeneratedPodSpec {
  readonly containers: readonly GeneratedContainer[]
  readonly initContainers?: readonly GeneratedContainer[]
  readonly volumes?: readonly object[]
  readonly restartPolicy?: KubeRestart
  readonly resources?: object
  readonly imagePullSecrets?: readonly object[]
  readonly hostname?: string
  readonly os?: { readonly name: 'linux' }
  readonly hostNetwork?: true
  readonly hostPID?: true
  readonly hostIPC?: true
  readonly hostUsers?: false
  readonly hostAliases?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[]
  readonly shareProcessNamespace?: true
  readonly dnsConfig?: object
  readonly securityContext?: object
  readonly terminationGracePeriodSeconds?: number
}

interface Manner {
  readonly hasService: boolean
  readonly isPodmanOnly: boolean
}

/** Containers that are in no pod, in one. */
export function podOfContainers(engine: Engine, stored: readonly StoredContainer[], manner: Manner): GeneratedPod {
  const all = withKubeNames(stored)
  const [first] = all
  if (first === undefined) throw new Error('a pod of no containers')
  const specs = all.map(({ stored }) => stored.spec)
  const ports = (spec: CompleteSpec) => portsOf(spec, manner)
  return assemble(engine, {
    name: kubeName(stored[0]?.name ?? '', '-pod'),
    members: all,
    annotations: Object.assign({}, ...all.map((one) => generateAnnotations(engine, one, manner))) as Annotations,
    portsOf: ports,
    labels: {},
    restart: first.stored.spec.restart,
    sysctls: Object.assign({}, ...specs.map(({ resources }) => resources.sysctls)) as Record<string, string>,
    spec: {
      ...podRestart(first.stored.spec.restart),
      ...shared(first.stored.spec),
      ...(specs.every(({ namespaces }) => namespaces.network.kind === 'host') ? { hostNetwork: true } : {}),
      ...defined({ hostname: specs.find(({ process }) => process.hostname !== undefined)?.process.hostname }),
    },
  })
}

/** @throws invalid `generate-invalid` for one without containers */
export function podOfPod(
  engine: Engine,
  { pod, members: all }: { readonly pod: PodRecord; readonly members: readonly StoredContainer[] },
  manner: Manner,
): GeneratedPod {
  const infra = all.find(isInfra)
  const members = withKubeNames(
    all.filter((one) => !isInfra(one)),
    pod.name,
  )
  if (members.length === 0) {
    const what = infra === undefined ? 'has no containers' : 'only has an infra container'
    throw invalid('generate-invalid', `pod ${pod.id} ${what}`)
  }
  const first = members.find((one) => !isInit(one)) ?? members[0]
  const annotations = members.map((one) => generateAnnotations(engine, one, manner))
  const podPorts = infra === undefined ? [] : portsOf(infra.stored.spec, manner)
  return assemble(engine, {
    name: kubeName(pod.name),
    members,
    annotations: Object.assign({}, ...annotations, infraAnnotations(pod, infra)) as Annotations,
    labels: pod.labels,
    restart: pod.restart,
    sysctls: infra?.stored.spec.resources.sysctls ?? {},
    portsOf: (spec) => {
      if (!pod.shares.includes('net')) return portsOf(spec, manner)
      return spec === first?.stored.spec ? podPorts : []
    },
    spec: {
      ...podRestart(pod.restart),
      ...generateResources(pod.limits),
      ...(infra === undefined ? {} : shared(infra.stored.spec)),
      ...sharedProcesses(pod, infra),
      ...(pod.hostname === pod.name || infra?.stored.spec.namespaces.uts.kind === 'host'
        ? {}
        : { hostname: pod.hostname }),
    },
  })
}

/** Those of the host are shared by all anyway. */
function sharedProcesses(
  { shares }: PodRecord,
  infra: StoredContainer | undefined,
): Pick<GeneratedPodSpec, 'shareProcessNamespace'> {
  const isOwn = shares.includes('pid') && infra?.stored.spec.namespaces.pid.kind !== 'host'
  return isOwn ? { shareProcessNamespace: true } : {}
}

function withKubeNames(containers: readonly StoredContainer[], pod?: string): StoredContainer[] {
  const names = containerNames(containers, pod)
  return containers.map((container) => ({ ...container, name: names.get(container.id) ?? container.name }))
}

type Annotations = Readonly<Record<string, string>>

interface Parts {
  readonly name: string
  readonly members: readonly StoredContainer[]
  readonly annotations: Annotations
  readonly labels: Readonly<Record<string, string>>
  readonly restart: RestartPolicy
  readonly sysctls: Readonly<Record<string, string>>
  readonly portsOf: (spec: CompleteSpec) => readonly GeneratedPort[]
  readonly spec: Partial<GeneratedPodSpec>
}

function assemble(engine: Engine, parts: Parts): GeneratedPod {
  const { name, members, annotations, labels, spec } = parts
  const sidecars = sidecarsAmong(members)
  const volumes: GeneratedVolumes = new Map()
  const made = members.map((member) => {
    const container = generateContainer(engine, member, volumes)
    const isSidecar = sidecars.has(member.id)
    const own = parts.portsOf(member.stored.spec)
    return {
      container: {
        ...container,
        ...ownRestart(member, { pod: parts.restart, isSidecar }),
        ...(own.length === 0 ? {} : { ports: own }),
      },
      isInit: isSidecar || isInit(member),
    }
  })
  const containersOf = (isWanted: boolean) => made.flatMap((one) => (one.isInit === isWanted ? [one.container] : []))
  const init = containersOf(true)
  return {
    metadata: {
      creationTimestamp: timestamp(),
      labels: { app: name, ...validLabels(labels) },
      name,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      ...spec,
      ...osOf(made.map(({ container }) => container)),
      containers: containersOf(false),
      ...(init.length === 0 ? {} : { initContainers: init }),
      ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
      ...securityOf(engine, parts),
      ...pullSecretsOf(members),
      ...graceOf(engine, members),
    },
  }
}

/** Kubernetes takes signals for nothing else than a pod that says so. */
function osOf(containers: readonly GeneratedContainer[]): Pick<GeneratedPodSpec, 'os'> {
  return containers.some(({ lifecycle }) => lifecycle?.stopSignal !== undefined) ? { os: { name: 'linux' } } : {}
}

/** Kubernetes takes no others. */
function validLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const isValid = ([key, value]: [string, string]) => isQualifiedName(key) && isLabelValue(value)
  return Object.fromEntries(Object.entries(labels).filter(isValid))
}

/** Groups are a pod's as a whole: what one of its containers has, all are given. */
function securityOf({ settings }: Engine, { members, sysctls }: Parts): Pick<GeneratedPodSpec, 'securityContext'> {
  const fsGroup = members.map(({ stored }) => stored.spec.manifest?.fsGroup).find((group) => group !== undefined)
  const groups = new Set(members.flatMap(({ stored }) => stored.spec.process.groups ?? []))
  const numbers = [...groups].filter((one) => /^\d+$/.test(one) && one !== String(fsGroup)).map(Number)
  const usual = settings.containerDefaults.sysctls
  const own = Object.entries(sysctls).filter(([name, value]) => usual[name] !== value)
  const found = defined({
    fsGroup,
    supplementalGroups: numbers.length === 0 ? undefined : numbers,
    sysctls: own.length === 0 ? undefined : own.map(([name, value]) => ({ name, value })),
  })
  return Object.keys(found).length === 0 ? {} : { securityContext: found }
}

function pullSecretsOf(members: readonly StoredContainer[]): Pick<GeneratedPodSpec, 'imagePullSecrets'> {
  const names = new Set(members.flatMap(({ stored }) => stored.spec.manifest?.pullSecrets ?? []))
  return names.size === 0 ? {} : { imagePullSecrets: [...names].map((name) => ({ name })) }
}

/** What the pod has for its containers. */
function shared(spec: CompleteSpec): Partial<GeneratedPodSpec> {
  const { network, pid, ipc, user } = spec.namespaces
  const { dns, hosts } = networkFacetOf(spec)
  return {
    ...(network.kind === 'host' ? { hostNetwork: true } : {}),
    ...(pid.kind === 'host' ? { hostPID: true } : {}),
    ...(ipc.kind === 'host' ? { hostIPC: true } : {}),
    ...(user.kind === 'host' ? {} : { hostUsers: false }),
    ...(hosts.added.length === 0 ? {} : { hostAliases: hostAliases(hosts.added) }),
    ...dnsOf(dns),
  }
}

/** One for each address, with all its names. */
function hostAliases(added: readonly string[]): NonNullable<GeneratedPodSpec['hostAliases']> {
  const names = new Map<string, string[]>()
  for (const text of added) {
    const at = text.indexOf(':')
    const address = text.slice(at + 1)
    names.set(address, [...(names.get(address) ?? []), ...text.slice(0, at).split(';')])
  }
  return [...names].map(([ip, hostnames]) => ({ ip, hostnames }))
}

function dnsOf({ servers, searches, options }: DnsFacet): Pick<GeneratedPodSpec, 'dnsConfig'> {
  if (servers.length + searches.length + options.length === 0) return {}
  const named = options.map((option) => {
    const [name, value] = option.split(/:(.*)/s)
    return { name, ...(value === undefined ? {} : { value }) }
  })
  return {
    dnsConfig: {
      ...(servers.length === 0 ? {} : { nameservers: servers }),
      ...(searches.length === 0 ? {} : { searches }),
      ...(named.length === 0 ? {} : { options: named }),
    },
  }
}

/** Of the first container that has another than the usual one. */
function graceOf(
  { settings }: Engine,
  members: readonly StoredContainer[],
): Pick<GeneratedPodSpec, 'terminationGracePeriodSeconds'> {
  const usual = settings.containerDefaults.stopTimeoutSeconds
  const seconds = members.map(({ stored }) => stored.spec.stop.timeoutSeconds).find((one) => one !== usual)
  return defined({ terminationGracePeriodSeconds: seconds })
}

function infraAnnotations({ id }: PodRecord, infra: StoredContainer | undefined): Annotations {
  return {
    ...(infra === undefined ? {} : userNamespaceNote(infra.stored.spec)),
    ...(infra === undefined || infra.name === `${id.slice(0, 12)}-infra`
      ? {}
      : { [annotationKeys.infraName]: infra.name }),
  }
}
