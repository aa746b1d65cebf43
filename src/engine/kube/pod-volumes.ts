// The volumes of a pod that is being made, brought to where containers can mount them. What is the pod's own (emptyDir, config maps,
// secrets) becomes an anonymous volume, whose name follows from the pod's: it goes with the last container, and what a killed play
// left is found by that name.

import { createHash } from 'node:crypto'
import { readVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { removeVolume } from '../volume/remove.ts'
import { invalidManifest } from './fields.ts'
import { type FilledVolume, fillVolume, giveToGroup, type VolumeFile } from './fill-volume.ts'
import { prepareHostPath } from './host-path.ts'
import { contentOf, fieldValue, type PodFacts } from './pod-facts.ts'
import type { KubePod } from './read-pod.ts'
import type { FileSource, KubeVolume, VolumeSource } from './read-volume.ts'

/** What a container mounts. */
export type PodVolume =
  | { readonly kind: 'bind'; readonly path: string; readonly ownName: string }
  | { readonly kind: 'device'; readonly path: string }
  | {
      readonly kind: 'volume'
      readonly name: string
      readonly isAnonymous: boolean
      readonly isReadOnly: boolean
      readonly driverOptions?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'image'; readonly reference: string }
  /** Of optional content that is not there. */
  | { readonly kind: 'absent' }

export type PodVolumes = ReadonlyMap<string, PodVolume>

/** Those that a container mounts, by name. @throws invalid `manifest-invalid`; not-found `secret-unknown` */
export async function preparePodVolumes(engine: Engine, facts: PodFacts): Promise<PodVolumes> {
  const prepared = new Map<string, PodVolume>()
  for (const volume of mountedVolumes(facts.pod)) {
    prepared.set(volume.name, await prepare(engine, { facts, volume }))
  }
  return prepared
}

/** Of a pod that is gone, or was never made whole. Idempotent. */
export async function removePodVolumes(engine: Engine, pod: KubePod): Promise<void> {
  for (const { name } of pod.volumes) {
    const own = ownNameOf(pod, name)
    if (readVolume(engine.at, own) !== undefined) await removeVolume(engine, { name: own, isForced: false })
  }
}

export function mountedVolumes({ volumes, containers, initContainers }: KubePod): KubeVolume[] {
  const mounts = [...initContainers, ...containers].flatMap((container) => container.mounts)
  return volumes.filter(({ name }) => mounts.some(({ volume }) => volume === name))
}

function ownNameOf({ name: pod }: KubePod, volume: string): string {
  return createHash('sha256').update(`kube\0${pod}\0${volume}`).digest('hex')
}

interface Preparation {
  readonly facts: PodFacts
  readonly volume: KubeVolume
}

async function prepare(engine: Engine, { facts, volume }: Preparation): Promise<PodVolume> {
  const { source } = volume
  const ownName = ownNameOf(facts.pod, volume.name)
  switch (source.kind) {
    case 'host-path':
      return { ...prepareHostPath(source), ownName }
    case 'claim':
      if (facts.pod.security.fsGroup !== undefined) await giveToGroup(engine, source.name, facts.pod.security.fsGroup)
      return { kind: 'volume', name: source.name, isAnonymous: false, isReadOnly: source.isReadOnly }
    case 'empty':
      return prepareEmpty(engine, { facts, name: ownName, source, labels: labelsOf(volume) })
    case 'files':
      return prepareFiles(engine, { facts, name: ownName, source, labels: labelsOf(volume) })
    case 'image':
      return { kind: 'image', reference: source.reference }
  }
}

/** What kube generate writes of it: what it was asked for, not what was put there. */
export const volumeLabel = 'io.gantry.kube.volume'

function labelsOf({ written }: KubeVolume): Record<string, string> {
  return { [volumeLabel]: JSON.stringify(written) }
}

interface OwnVolume<K extends VolumeSource['kind']> {
  readonly facts: PodFacts
  readonly name: string
  readonly source: Extract<VolumeSource, { kind: K }>
  readonly labels: Readonly<Record<string, string>>
}

/** Everybody may write to it; with fsGroup, in that group. */
async function prepareEmpty(engine: Engine, { facts, name, source, labels }: OwnVolume<'empty'>): Promise<PodVolume> {
  const { fsGroup } = facts.pod.security
  const volume = { kind: 'volume', name, isAnonymous: true, isReadOnly: false } as const
  const mode = (source.mode ?? 0o777) | (fsGroup === undefined ? 0 : 0o2000)
  if (!source.isInMemory) {
    await fillVolume(engine, { ...groupOf(facts), name, files: [], mode, labels })
    return volume
  }
  const limit = source.limitBytes === undefined ? [] : [`size=${source.limitBytes}`]
  const group = fsGroup === undefined ? [] : [`gid=${fsGroup}`]
  const options = [`mode=${mode.toString(8).padStart(4, '0')}`, ...group, ...limit]
  return { ...volume, driverOptions: { type: 'tmpfs', device: 'tmpfs', o: options.join(',') } }
}

async function prepareFiles(engine: Engine, { facts, name, source, labels }: OwnVolume<'files'>): Promise<PodVolume> {
  const found: VolumeFile[][] = []
  for (const one of source.sources) {
    const files = await filesOf(engine, facts, { source: one, mode: source.mode })
    if (files !== undefined) found.push(files)
  }
  if (found.length === 0 && source.sources.length > 0) return { kind: 'absent' }
  await fillVolume(engine, { ...groupOf(facts), name, files: found.flat(), mode: 0o755, labels })
  return { kind: 'volume', name, isAnonymous: true, isReadOnly: false }
}

function groupOf({ pod }: PodFacts): Pick<FilledVolume, 'group'> {
  const { fsGroup } = pod.security
  return fsGroup === undefined ? {} : { group: fsGroup }
}

interface WantedFiles {
  readonly source: FileSource
  readonly mode: number
}

/** Undefined where optional content is not there. */
async function filesOf(
  engine: Engine,
  facts: PodFacts,
  { source, mode }: WantedFiles,
): Promise<VolumeFile[] | undefined> {
  if (source.kind === 'downward') {
    return source.items.map((item) => {
      const content = Buffer.from(fieldValue(facts, item.value))
      return { path: item.path, content, mode: item.mode ?? mode }
    })
  }
  const content = await contentOf(engine, facts, source)
  if (content === undefined) return undefined
  if (source.items.length === 0) return [...content].map(([path, value]) => ({ path, content: value, mode }))
  return source.items.flatMap((item) => {
    const value = content.get(item.key)
    if (value !== undefined) return [{ path: item.path, content: value, mode: item.mode ?? mode }]
    if (source.isOptional) return []
    throw invalidManifest(`${source.kind === 'secret' ? 'secret' : 'configmap'} ${source.name} has no key ${item.key}`)
  })
}
