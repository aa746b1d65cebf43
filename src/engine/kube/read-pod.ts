// A pod: of kind Pod, or the template of a Deployment, DaemonSet or Job.

import { defined } from '../../base/defined.ts'
import type { Annotations } from './annotations.ts'
import { volumeClaimedBy } from './claim-name.ts'
import { type Fields, invalidManifest } from './fields.ts'
import {
  type KubeContainer,
  type RestartWord,
  readContainer,
  readInitContainer,
  readResources,
  restartWords,
} from './read-container.ts'
import { type KubePodSecurity, readPodSecurity } from './read-security.ts'
import { type KubeVolume, readVolume } from './read-volume.ts'

export interface KubePod {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly containers: readonly KubeContainer[]
  readonly initContainers: readonly KubeContainer[]
  readonly volumes: readonly KubeVolume[]
  readonly security: KubePodSecurity
  readonly restart: RestartWord
  /** Of all containers together. */
  readonly resources: Pick<KubeContainer, 'limits' | 'requests'>
  readonly graceSeconds?: number
  readonly hostname?: string
  readonly isHostNetwork: boolean
  readonly isHostPid: boolean
  readonly isHostIpc: boolean
  /** False: in a user namespace of its own. */
  readonly hostUsers?: boolean
  readonly isPidShared: boolean
  readonly hostAliases: readonly HostAlias[]
  readonly dns: KubeDns
  readonly pullSecrets: readonly string[]
  /** Where it stands in its document. */
  readonly path: string
}

export interface HostAlias {
  readonly address: string
  readonly names: readonly string[]
}

export interface KubeDns {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
  /** Nothing of the host's. */
  readonly isOwn: boolean
}

/** What makes no difference wherever it stands: written by the cluster, or only for it to find its own. */
export function readMetadata(fields: Fields | undefined) {
  fields?.passOver('creationTimestamp', 'uid', 'resourceVersion', 'generation', 'managedFields', 'selfLink')
  return {
    name: fields?.text('name') ?? '',
    labels: fields?.pairs('labels') ?? {},
    annotations: fields?.pairs('annotations') ?? {},
  }
}

/** `name`: of the pod that is made. @throws invalid `manifest-invalid` */
export function readPod(fields: Fields, name: string): KubePod {
  const { labels, annotations } = readMetadata(fields.object('metadata'))
  const spec = fields.object('spec')
  if (spec === undefined) throw invalidManifest(`${fields.pathOf('spec')}: is needed`)
  if (spec.object('os')?.plain()['name'] === 'linux') spec.object('os')?.passOver('name')
  const [containers, initContainers] = [
    spec.objects('containers').map(readContainer),
    spec.objects('initContainers').map(readInitContainer),
  ]
  const volumes = spec.objects('volumes').map((volume) => withItsVolume(readVolume(volume), annotations))
  checkContainers(name, [...initContainers, ...containers], volumes)
  return {
    name,
    labels,
    annotations,
    containers,
    initContainers,
    volumes,
    security: readPodSecurity(spec.object('securityContext')),
    restart: spec.word('restartPolicy', restartWords) || 'Always',
    resources: readResources(spec.object('resources')),
    isHostNetwork: spec.boolean('hostNetwork') ?? false,
    isHostPid: spec.boolean('hostPID') ?? false,
    isHostIpc: spec.boolean('hostIPC') ?? false,
    isPidShared: spec.boolean('shareProcessNamespace') ?? false,
    hostAliases: spec.objects('hostAliases').map((alias) => ({
      address: alias.neededText('ip'),
      names: alias.texts('hostnames') ?? [],
    })),
    dns: readDns(spec),
    pullSecrets: spec.objects('imagePullSecrets').map((secret) => secret.neededText('name')),
    path: spec.path,
    ...defined({
      graceSeconds: readGrace(spec),
      hostname: spec.text('hostname') || undefined,
      hostUsers: spec.boolean('hostUsers'),
    }),
  }
}

/** The volume that a claim stands for. */
function withItsVolume(volume: KubeVolume, annotations: Annotations): KubeVolume {
  const { source } = volume
  if (source.kind !== 'claim') return volume
  return { ...volume, source: { ...source, name: volumeClaimedBy(annotations, source.name) } }
}

function readGrace(spec: Fields): number | undefined {
  const seconds = spec.number('terminationGracePeriodSeconds')
  if (seconds === undefined || seconds >= 0) return seconds
  throw invalidManifest(`${spec.pathOf('terminationGracePeriodSeconds')}: must be 0 or more, not ${seconds}`)
}

/** `Default` and `ClusterFirst` are one where there is no cluster. */
function readDns(spec: Fields): KubeDns {
  const policy = spec.word('dnsPolicy', ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'])
  const config = spec.object('dnsConfig')
  return {
    servers: config?.texts('nameservers') ?? [],
    searches: config?.texts('searches') ?? [],
    options: (config?.objects('options') ?? []).map((option) => {
      const value = option.text('value')
      return value ? `${option.neededText('name')}:${value}` : option.neededText('name')
    }),
    isOwn: policy === 'None',
  }
}

function checkContainers(pod: string, containers: readonly KubeContainer[], volumes: readonly KubeVolume[]): void {
  const names = containers.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw invalidManifest(`the pod "${pod}" is invalid; duplicate container name "${twice}" detected`)
  const known = new Set(volumes.map(({ name }) => name))
  const lost = containers.flatMap(({ mounts }) => mounts).find(({ volume }) => !known.has(volume))
  if (lost === undefined) return
  throw invalidManifest(`volume mount ${lost.volume} specified for container but not configured in volumes`)
}
