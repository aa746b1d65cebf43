// What values of a manifest are looked up in: the pod that is being made, config maps, secrets, and this host.

import { availableParallelism, hostname, totalmem } from 'node:os'
import { podAddressMark } from '../../spec/pod.ts'
import { localAddress } from '../container/network-facts.ts'
import type { Engine } from '../engine.ts'
import { invalidManifest } from './fields.ts'
import type { KubeContainer } from './read-container.ts'
import type { KubeData } from './read-manifest.ts'
import type { KubePod } from './read-pod.ts'
import type { FieldSource, PodField } from './read-value-source.ts'
import { storedSecretData } from './stored-secret.ts'

export interface PodFacts {
  readonly pod: KubePod
  /** Of the pod that is being made; its uid. */
  readonly id: string
  readonly configMaps: readonly KubeData[]
}

type Content = ReadonlyMap<string, Buffer>

export interface ContentRef {
  readonly kind: 'config-map' | 'secret'
  readonly name: string
  readonly isOptional: boolean
}

/** Undefined for an optional one that is not there. @throws not-found `secret-unknown`; invalid `manifest-invalid` */
export async function contentOf(
  engine: Engine,
  { configMaps }: PodFacts,
  { kind, name, isOptional }: ContentRef,
): Promise<Content | undefined> {
  if (kind === 'secret') return storedSecretData(engine, name, { isOptional })
  const found = configMaps.find((map) => map.name === name)
  if (found !== undefined || isOptional) return found?.data
  const way = 'Put it into the manifest, or give its file: --configmap FILE'
  throw invalidManifest(`no such ConfigMap ${JSON.stringify(name)}: configmap ${name} not found`, way)
}

/** Of the downward API. `own`: the container that asks; undefined for a volume, which names one. @throws invalid `manifest-invalid` */
export function fieldValue(facts: PodFacts, source: FieldSource, own?: KubeContainer): string {
  if (source.kind === 'field') return podField(facts, source.field)
  const { pod } = facts
  const named = source.container === undefined ? own : undefined
  const container = named ?? [...pod.containers, ...pod.initContainers].find(({ name }) => name === source.container)
  if (container === undefined) throw invalidManifest(`${source.path}.containerName: no container ${source.container}`)
  return String(Math.ceil(amountOf(container, source.resource) / source.divisor))
}

function podField(facts: PodFacts, field: PodField): string {
  if (field.kind === 'label') return facts.pod.labels[field.key] ?? ''
  if (field.kind === 'annotation') return facts.pod.annotations[field.key] ?? ''
  return plainFields[field.kind](facts)
}

const plainFields: Readonly<Record<Exclude<PodField['kind'], 'label' | 'annotation'>, (facts: PodFacts) => string>> = {
  name: ({ pod }) => pod.name,
  uid: ({ id }) => id,
  namespace: () => 'default',
  account: () => 'default',
  node: () => hostname(),
  address: () => podAddressMark,
  'host-address': () => localAddress() ?? '',
  labels: ({ pod }) => listed(pod.labels),
  annotations: ({ pod }) => listed(pod.annotations),
}

/** As Kubernetes writes them into files. */
function listed(pairs: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}\n`).join('')
}

/** What is not limited has all of the host; what is not requested is the limit. */
function amountOf({ limits, requests }: KubeContainer, resource: string): number {
  const cpus = limits.cpus || availableParallelism()
  const memory = limits.memoryBytes || totalmem()
  switch (resource) {
    case 'limits.cpu':
      return cpus
    case 'requests.cpu':
      return requests.cpus || cpus
    case 'requests.memory':
      return requests.memoryBytes || memory
    default:
      return memory
  }
}
