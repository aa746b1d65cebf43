// Mounts of a container → volumes of its pod and their places in the container.

import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { absentAsUndefined } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { Mount, VolumeMount } from '../../spec/mounts.ts'
import { readVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { claimName } from './claim-name.ts'
import { scratchFolders } from './container-spec.ts'
import { numbered } from './kube-name.ts'
import { volumeLabel } from './pod-volumes.ts'

export interface GeneratedVolume {
  readonly name: string
  readonly [source: string]: unknown
}

export interface GeneratedMount {
  readonly name: string
  readonly mountPath: string
  readonly readOnly?: true
  readonly subPath?: string
  readonly mountPropagation?: 'HostToContainer' | 'Bidirectional'
}

/** Of a pod, each by its name. */
export type GeneratedVolumes = Map<string, GeneratedVolume>

/** Adds to `volumes` what its pod has not yet. */
export function generateMounts(
  engine: Engine,
  { mounts, devices }: Pick<CompleteSpec, 'mounts' | 'devices'>,
  volumes: GeneratedVolumes,
): GeneratedMount[] {
  const made = mounts.mounts.filter((mount) => !isScratch(mount)).map((mount, index) => ({ mount, index }))
  const named = made.flatMap(({ mount, index }) => {
    const volume = volumeOf(engine, mount, index)
    return volume === undefined ? [] : [{ volume, place: placeOf(mount, volume.name) }]
  })
  const nodes = devices.devices.map(({ host, container }, index) => {
    const name = volumeName(host, `device-${index}`)
    return { volume: { name, hostPath: deviceOf(host) }, place: { name, mountPath: container } }
  })
  return [...named, ...nodes].map(({ volume, place }) => ({ ...place, name: addVolume(volumes, volume) }))
}

/** Two paths may be spelled alike in Kubernetes (`my_data`, `my-data`): then the later one is numbered. */
function addVolume(volumes: GeneratedVolumes, volume: GeneratedVolume): string {
  const isFree = (name: string) => {
    const other = volumes.get(name)
    return other === undefined || isDeepStrictEqual(other, { ...volume, name })
  }
  const name = numbered(volume.name, isFree)
  volumes.set(name, { ...volume, name })
  return name
}

/** What every container of kube play has. */
function isScratch(mount: Mount): boolean {
  return mount.kind === 'tmpfs' && mount.options.length === 0 && scratchFolders.includes(mount.destination)
}

function placeOf(mount: Mount, name: string): GeneratedMount {
  const subPath = mount.kind === 'volume' || mount.kind === 'image' ? mount.subPath : undefined
  return {
    name,
    mountPath: mount.destination,
    ...(mount.options.includes('ro') && mount.kind !== 'image' ? { readOnly: true } : {}),
    ...(subPath === undefined ? {} : { subPath: subPath.replace(/^\//, '') }),
    ...propagationOf(mount),
  }
}

/** What is said by `rprivate`, or by nothing, is usual. */
function propagationOf({ kind, options }: Mount): Pick<GeneratedMount, 'mountPropagation'> {
  if (kind !== 'bind' && kind !== 'volume') return {}
  if (options.some((one) => one === 'rshared' || one === 'shared')) return { mountPropagation: 'Bidirectional' }
  return options.some((one) => one === 'rslave' || one === 'slave') ? { mountPropagation: 'HostToContainer' } : {}
}

function volumeOf(engine: Engine, mount: Mount, index: number): GeneratedVolume | undefined {
  switch (mount.kind) {
    case 'bind': {
      const word = mount.source === '/' ? 'root' : kubeWord(mount.source)
      return { name: volumeName(word, `host-${index}`), hostPath: { path: mount.source, type: typeOf(mount.source) } }
    }
    case 'tmpfs':
      return { name: `tmp-${index}`, emptyDir: { medium: 'Memory' } }
    case 'volume':
      return volumeSource(engine, mount)
    case 'image':
      return { name: volumeName(mount.image, `image-${index}`), image: { reference: mount.image } }
    case 'devpts':
      return undefined
  }
}

/** One that nobody named goes with the pod. What kube play has made is written as it was asked for. */
function volumeSource(engine: Engine, { name, isAnonymous }: VolumeMount): GeneratedVolume {
  const word = kubeWord(name)
  if (!isAnonymous) return { name: volumeName(word, 'pvc'), persistentVolumeClaim: { claimName: claimName(name) } }
  const { options = {}, labels = {} } = readVolume(engine.at, name) ?? {}
  const written = labels[volumeLabel]
  if (written !== undefined)
    return { name: `kube-${word.slice(0, 12)}`, ...(JSON.parse(written) as Record<string, unknown>) }
  const empty = options['type'] === 'tmpfs' ? { medium: 'Memory', ...sizeLimitOf(options['o']) } : {}
  return { name: `empty-${word.slice(0, 12)}`, emptyDir: empty }
}

function sizeLimitOf(options = ''): { readonly sizeLimit?: string } {
  const bytes = /(?:^|,)size=(\d+)(?:,|$)/.exec(options)?.[1]
  return bytes === undefined ? {} : { sizeLimit: bytes }
}

/** A label of DNS: 63 letters at most. */
function volumeName(path: string, suffix: string): string {
  const word = kubeWord(path).slice(0, 62 - suffix.length)
  return `${word.replace(/-+$/, '')}-${suffix}`
}

/** Small letters, digits and dashes, as names in Kubernetes are. */
function kubeWord(path: string): string {
  return path
    .replaceAll(/^\/+|\/+$/g, '')
    .replaceAll(/[^a-zA-Z0-9]+/g, '-')
    .toLowerCase()
}

function typeOf(path: string): string {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) return 'DirectoryOrCreate'
  if (stat.isSocket()) return 'Socket'
  return stat.isDirectory() ? 'Directory' : 'File'
}

function deviceOf(path: string): object {
  const isBlock = absentAsUndefined(() => statSync(path))?.isBlockDevice() === true
  return { path, type: isBlock ? 'BlockDevice' : 'CharDevice' }
}
