// One of our containers as Kubernetes writes it.

import { maxConfigBytes, parseImageConfig, type RunConfig } from '../../image/config.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { variableName } from '../../spec/environment.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { podAddressMark } from '../../spec/pod.ts'
import { readTrustedBlob } from '../../transport/blob-store.ts'
import { readImage } from '../../transport/image-records.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { type GeneratedMount, type GeneratedVolumes, generateMounts } from './generate-mounts.ts'
import { generateLifecycle, generateProbes } from './generate-probes.ts'
import { generateResources } from './generate-resources.ts'
import type { KubeRestart } from './generate-restart.ts'
import { generateSecurity } from './generate-security.ts'

export type GeneratedVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: { readonly fieldRef: { readonly fieldPath: string } } }

export interface GeneratedContainer {
  readonly name: string
  readonly image: string
  readonly imagePullPolicy?: 'Always' | 'Never'
  readonly restartPolicy?: KubeRestart
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  readonly env?: readonly GeneratedVariable[]
  readonly ports?: readonly GeneratedPort[]
  readonly resources?: object
  readonly volumeMounts?: readonly GeneratedMount[]
  readonly securityContext?: object
  readonly livenessProbe?: object
  readonly readinessProbe?: object
  readonly startupProbe?: object
  readonly lifecycle?: { readonly stopSignal?: string }
  readonly stdin?: true
  readonly tty?: true
}

export interface GeneratedPort {
  readonly containerPort: number
  readonly hostPort?: number
  readonly hostIP?: string
  readonly protocol?: string
}

/** Under its name, which is one of Kubernetes' by now. Without ports: those are perhaps the pod's. Adds to its pod's volumes. */
export function generateContainer(
  engine: Engine,
  container: StoredContainer,
  volumes: GeneratedVolumes,
): GeneratedContainer {
  const { stored, name } = container
  const { spec } = stored
  const image = imageConfig(engine, container)
  const mounts = generateMounts(engine, spec, volumes)
  const security = generateSecurity(engine, container, image)
  const env = environmentOf(spec, image)
  return {
    name,
    image: stored.image?.name ?? '',
    ...pullOf(spec),
    ...programOf(spec, image),
    ...(spec.process.workdir === '/' || spec.process.workdir === image?.workingDir
      ? {}
      : { workingDir: spec.process.workdir }),
    ...(env.length === 0 ? {} : { env }),
    ...generateResources(spec.resources),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
    ...(Object.keys(security).length === 0 ? {} : { securityContext: security }),
    ...generateProbes(spec, image),
    ...generateLifecycle(spec, image),
    ...(spec.process.isStdinOpen ? { stdin: true } : {}),
    ...(spec.process.hasTerminal ? { tty: true } : {}),
  }
}

/** Other policies are a cluster's usual ones, or podman's own. */
function pullOf({ source }: CompleteSpec): Pick<GeneratedContainer, 'imagePullPolicy'> {
  if (source.kind !== 'image' || (source.pull !== 'always' && source.pull !== 'never')) return {}
  return { imagePullPolicy: source.pull === 'always' ? 'Always' : 'Never' }
}

/** For a Service, ports of the host are another's business. */
export function portsOf(spec: CompleteSpec, { hasService }: { readonly hasService: boolean }): GeneratedPort[] {
  return networkFacetOf(spec).ports.flatMap(({ port, hostPort, hostAddress, protocol, count }) =>
    Array.from({ length: count }, (_, index) => ({
      containerPort: port + index,
      ...(hasService ? {} : { hostPort: hostPort + index }),
      ...(hostAddress === '' ? {} : { hostIP: hostAddress }),
      ...(protocol === 'tcp' ? {} : { protocol: protocol.toUpperCase() }),
    })),
  )
}

function imageConfig(engine: Engine, { stored }: StoredContainer): RunConfig | undefined {
  const record = stored.image === undefined ? undefined : readImage(engine.at, stored.image.id)
  if (record === undefined) return undefined
  return parseImageConfig(readTrustedBlob(engine.at, record.configDigest, maxConfigBytes)).run
}

/** What the image runs anyway need not be said. */
function programOf(
  { process }: CompleteSpec,
  image: RunConfig | undefined,
): Pick<GeneratedContainer, 'command' | 'args'> {
  const { entrypoint = [], command } = process
  const isImages = (words: readonly string[], others: readonly string[] = []) => words.join('\0') === others.join('\0')
  if (entrypoint.length === 0) {
    return command.length === 0 || isImages(command, image?.cmd) ? {} : { command: written(command, process) }
  }
  const isUsual = isImages(entrypoint, image?.entrypoint)
  const areUsual = isUsual && isImages(command, image?.cmd)
  return {
    ...(isUsual ? {} : { command: written(entrypoint, process) }),
    ...(command.length === 0 || areUsual ? {} : { args: written(command, process) }),
  }
}

/** `$(` would be a variable's. */
function escaped(words: readonly string[]): string[] {
  return words.map((word) => word.replaceAll('$(', '$$$$('))
}

/** Words that speak of the pod's address do so by the variable that has it. */
function written(words: readonly string[], { namesPodAddress, environment }: CompleteSpec['process']): string[] {
  const entry = namesPodAddress === true ? environment.find((one) => one.endsWith(`=${podAddressMark}`)) : undefined
  if (entry === undefined) return escaped(words)
  return escaped(words).map((word) => word.replaceAll(`$${podAddressMark}`, `$(${variableName(entry)})`))
}

const ours = new Set([
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'container=podman',
  'TERM=xterm',
])

function environmentOf({ process }: CompleteSpec, image: RunConfig | undefined): GeneratedVariable[] {
  const known = new Set([...ours, ...(image?.env ?? [])])
  return process.environment
    .filter((entry) => !known.has(entry))
    .map((entry) => {
      const name = variableName(entry)
      const value = entry.slice(name.length + 1)
      if (process.namesPodAddress === true && value === podAddressMark)
        return { name, valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }
      return { name, value: written([value], process)[0] ?? '' }
    })
}
