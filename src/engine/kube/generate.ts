// kube generate: containers, pods and volumes → objects of a manifest, in the order in which a cluster wants them.

import { EngineError, invalid } from '../../base/errors.ts'
import { readVolume } from '../../volume/volume-store.ts'
import { findContainer } from '../container/find-container.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { findPod } from '../pod/find-pod.ts'
import { membersOf } from '../pod/members.ts'
import type { PodRecord } from '../pod/pod-record.ts'
import { fitForCluster } from './fit-for-cluster.ts'
import { generateClaim } from './generate-claim.ts'
import { type GeneratedPod, podOfContainers, podOfPod } from './generate-pod.ts'
import { serviceOf } from './generate-service.ts'
import { type WorkloadKind, workloadKinds, workloadOf } from './generate-workload.ts'
import { withNumericUser } from './numeric-user.ts'

export interface GenerateRequest {
  readonly names: readonly string[]
  /** `pod`, `deployment`, `daemonset`, `job`. */
  readonly type: string
  readonly replicas: number
  readonly hasService: boolean
  /** Annotations that only podman and Gantry understand, too. */
  readonly isPodmanOnly: boolean
}

export interface Generated {
  /** Comments for who takes them to a cluster. */
  readonly notes: readonly string[]
  readonly objects: readonly object[]
}

/** Changes nothing. @throws not-found `object-unknown`; invalid `generate-invalid` */
export async function generate(engine: Engine, request: GenerateRequest): Promise<Generated> {
  const kind = kindOf(request)
  const found = request.names.map((name) => find(engine, name))
  const containers = found.flatMap((one) => (one.kind === 'container' ? [one.container] : []))
  const podRecords = found.flatMap((one) => (one.kind === 'pod' ? [one.pod] : []))
  const volumes = found.flatMap((one) => (one.kind === 'volume' ? [one.volume] : []))
  const pods: GeneratedPod[] = []
  for (const pod of podRecords) {
    const members = await withNumericUsers(engine, membersOf(engine.at, pod.id))
    pods.push(podOfPod(engine, { pod, members }, request))
  }
  if (containers.length > 0) {
    pods.push(podOfContainers(engine, await withNumericUsers(engine, containers), request))
  }
  const fit = pods.map((pod) => fitForCluster(pod, request.isPodmanOnly))
  return {
    notes: [
      ...sharingNote(podRecords),
      ...(containers.length === 0 ? [] : volumesNote(pods.at(-1))),
      ...fit.flatMap(({ notes }) => notes),
    ],
    objects: [
      ...volumes.map((volume) => generateClaim(volume)),
      ...(request.hasService ? fit.flatMap(({ pod }) => serviceOf(pod) ?? []) : []),
      ...fit.map(({ pod }) => workloadOf(pod, { kind, replicas: request.replicas })),
    ],
  }
}

async function withNumericUsers(engine: Engine, containers: readonly StoredContainer[]): Promise<StoredContainer[]> {
  const named: StoredContainer[] = []
  for (const container of containers) named.push(await withNumericUser(engine, container))
  return named
}

function kindOf({ type, replicas }: GenerateRequest): WorkloadKind {
  const kind = workloadKinds.find((one) => one === type)
  if (replicas > 1 && kind !== 'deployment') throw bad('--replicas can only be set when --type is set to deployment')
  if (replicas < 1) throw bad('--replicas has to be greater than or equal to 1. By default, --replicas is set to 1')
  if (kind !== undefined) return kind
  throw bad(`invalid generation type - only pods, deployments, jobs, and daemonsets are currently supported: ${type}`)
}

function find(engine: Engine, name: string) {
  const container = findContainer(engine.at, name)
  if (container !== undefined) {
    refuseMember(container)
    return { kind: 'container', container } as const
  }
  const pod = findPod(engine.at, name)
  if (pod !== undefined) return { kind: 'pod', pod } as const
  const volume = readVolume(engine.at, name)
  if (volume !== undefined) return { kind: 'volume', volume } as const
  const message = `name or ID ${JSON.stringify(name)} not found`
  throw new EngineError({ kind: 'not-found', code: 'object-unknown', message })
}

function refuseMember({ id, stored }: StoredContainer): void {
  const { pod } = stored.spec
  if (pod === undefined) return
  throw bad(`container ${id} is associated with pod ${pod.id}: use generate on the pod itself`)
}

function sharingNote(pods: readonly PodRecord[]): string[] {
  const isUsual = ({ shares }: PodRecord) => (['ipc', 'net', 'uts'] as const).every((name) => shares.includes(name))
  if (pods.every(isUsual)) return []
  return [
    'The namespaces that a pod shares are not the usual ones of Kubernetes, where it may behave otherwise than here.',
  ]
}

function volumesNote(pod: GeneratedPod | undefined): string[] {
  if (pod?.spec.volumes === undefined) return []
  return ['What the volumes hold may be labelled and owned otherwise in a cluster: see that the containers may use it.']
}

function bad(message: string): EngineError {
  return invalid('generate-invalid', message)
}
