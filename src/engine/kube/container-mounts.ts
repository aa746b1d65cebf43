// volumeMounts → mounts and devices of a container.

import type { DeviceRequest } from '../../spec/devices.ts'
import { parseVolume } from '../../spec/mount-text.ts'
import type { Mount } from '../../spec/mounts.ts'
import type { Engine } from '../engine.ts'
import { type Annotations, annotationKeys } from './annotations.ts'
import { expand } from './expand.ts'
import { invalidManifest } from './fields.ts'
import { makeFolderBelow, makeSubFolder } from './fill-volume.ts'
import type { PodVolume, PodVolumes } from './pod-volumes.ts'
import type { KubeContainer, KubeMount } from './read-container.ts'

export interface ContainerMounts {
  readonly mounts: readonly Mount[]
  readonly devices: readonly DeviceRequest[]
}

interface Setting {
  readonly volumes: PodVolumes
  readonly variables: ReadonlyMap<string, string>
  /** Of the pod. */
  readonly annotations: Annotations
}

/** @throws invalid `manifest-invalid`, `mount-invalid` */
export async function containerMounts(
  engine: Engine,
  container: KubeContainer,
  { volumes, variables, annotations }: Setting,
): Promise<ContainerMounts> {
  const mounts: Mount[] = []
  const devices: DeviceRequest[] = []
  for (const wanted of container.mounts) {
    const volume = volumes.get(wanted.volume)
    if (volume === undefined || volume.kind === 'absent') continue
    if (volume.kind === 'device') devices.push(deviceOf(volume.path, wanted))
    else
      mounts.push(
        relabelled(await mountOf(engine, volume, { ...wanted, ...subPathOf(wanted, variables) }), annotations),
      )
  }
  return { mounts, devices }
}

/** podman's: `PATH:z` of a folder of the host. */
function relabelled(mount: Mount, annotations: Annotations): Mount {
  const [, path, option] = /^(.*):([^:]*)$/.exec(annotations[annotationKeys.bindOptions] ?? '') ?? []
  if (mount.kind !== 'bind' || !option || mount.source !== path) return mount
  return mount.options.some((one) => one === 'z' || one === 'Z')
    ? mount
    : { ...mount, options: [...mount.options, option] }
}

function deviceOf(host: string, { destination, isReadOnly }: KubeMount): DeviceRequest {
  return { host, container: destination, permissions: isReadOnly ? 'rm' : 'rwm' }
}

/** Inside the volume. */
function subPathOf(wanted: KubeMount, variables: ReadonlyMap<string, string>): Pick<KubeMount, 'subPath'> {
  const expression = wanted.subPathExpression
  const subPath = expression === undefined ? wanted.subPath : expand(expression, variables)
  if (subPath === undefined) return {}
  if (subPath.startsWith('/') || subPath.split('/').includes('..') || /\$\(/.test(subPath))
    throw invalidManifest(
      `volume mount ${wanted.volume}: subPath ${JSON.stringify(subPath)} must lie inside the volume`,
    )
  return { subPath }
}

type Mountable = Exclude<PodVolume, { kind: 'absent' | 'device' }>

async function mountOf(engine: Engine, volume: Mountable, wanted: KubeMount): Promise<Mount> {
  const { destination, options } = placeOf(wanted)
  const { subPath } = wanted
  const sub = subPath === undefined ? {} : { subPath }
  switch (volume.kind) {
    case 'image':
      return { kind: 'image', image: volume.reference, destination, options: ['ro'], ...sub }
    case 'bind':
      if (subPath === undefined) return { kind: 'bind', source: volume.path, destination, options }
      return boundPart(volume, { destination, options, subPath })
    case 'volume': {
      const { name, isAnonymous, driverOptions } = volume
      if (subPath !== undefined && driverOptions === undefined) await makeSubFolder(engine, name, subPath)
      const access = volume.isReadOnly && !options.includes('ro') ? [...options, 'ro'] : options
      const driver = driverOptions === undefined ? {} : { driverOptions }
      return { kind: 'volume', name, destination, options: access, isAnonymous, ...sub, ...driver }
    }
  }
}

/** By way of a volume, whose sub-paths are held while it is mounted: nobody who may write there can turn it elsewhere meanwhile. */
function boundPart(
  { path, ownName }: Extract<PodVolume, { kind: 'bind' }>,
  { subPath, ...place }: { readonly destination: string; readonly options: string[]; readonly subPath: string },
): Mount {
  makeFolderBelow(path, subPath)
  const driverOptions = { type: 'none', device: path, o: 'rbind' }
  return { kind: 'volume', name: ownName, ...place, isAnonymous: true, subPath, driverOptions }
}

/** `/data:z`: options behind the path, as podman takes them. */
function placeOf({ destination: text, isReadOnly, propagation }: KubeMount): {
  destination: string
  options: string[]
} {
  const { destination, options } = parseVolume(`/source:${text}`)
  const own = [...(isReadOnly ? ['ro'] : []), ...(propagation === undefined ? [] : [propagation])]
  return { destination, options: [...options.filter((option) => !isReadOnly || option !== 'rw'), ...own] }
}
