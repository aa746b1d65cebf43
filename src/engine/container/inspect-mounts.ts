// The user's mounts as inspect shows them, in three forms: Mounts, HostConfig.Binds, HostConfig.Tmpfs.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import {
  type BindMount,
  completeMount,
  type ImageMount,
  type Mount,
  sourceOf,
  type VolumeMount,
} from '../../spec/mounts.ts'
import type { Layout } from '../../state/layout.ts'
import { volumeMountpoint } from '../../volume/mount-volume.ts'
import { localDriver } from '../../volume/volume-record.ts'
import { readVolume, volumeData } from '../../volume/volume-store.ts'

/** Volumes first, as podman. */
export function inspectMounts(at: Layout, { mounts }: CompleteSpec) {
  return [
    ...mounts.mounts.flatMap((mount) => (mount.kind === 'volume' ? [inspectVolumeMount(at, mount)] : [])),
    ...mounts.mounts.flatMap((mount) => (mount.kind === 'image' ? [inspectBind(mount)] : [])),
    ...mounts.mounts.flatMap((mount) => (mount.kind === 'bind' ? [inspectBind(mount)] : [])),
  ]
}

/** `SOURCE:DESTINATION:OPTIONS` */
export function inspectBinds({ mounts }: CompleteSpec): string[] {
  return mounts.mounts.flatMap((mount) => {
    if (mount.kind !== 'bind' && mount.kind !== 'volume') return []
    const source = sourceOf(mount)
    return [`${source}:${mount.destination}:${completeMount(mount).options.join(',')}`]
  })
}

/** Options by destination. */
export function inspectTmpfs({ mounts }: CompleteSpec): Record<string, string> {
  const entries = mounts.mounts
    .filter((mount) => mount.kind === 'tmpfs')
    .map((mount) => [mount.destination, podmansOrder(completeMount(mount).options).join(',')] as const)
  return Object.fromEntries(entries)
}

const propagations = /^(?:r?(?:shared|slave|private|unbindable))$/

/** Access, propagation, the rest. */
function podmansOrder(options: readonly string[]): readonly string[] {
  const rank = (option: string) => (option === 'rw' || option === 'ro' ? 0 : propagations.test(option) ? 1 : 2)
  return options.toSorted((a, b) => rank(a) - rank(b))
}

function inspectBind(mount: BindMount | ImageMount) {
  return {
    Type: mount.kind,
    Name: '',
    Source: sourceOf(mount),
    Destination: mount.destination,
    Driver: '',
    ...inspectOptions(mount),
    SubPath: mount.kind === 'image' ? (mount.subPath ?? '') : '',
  }
}

/** One that is gone, or damaged, says where it would be. */
function inspectVolumeMount(at: Layout, mount: VolumeMount) {
  const record = readVolume(at, mount.name)
  const source = record === undefined ? volumeData(at, mount.name) : volumeMountpoint(at, record)
  return {
    Type: 'volume',
    Name: mount.name,
    Source: source ?? '',
    Destination: mount.destination,
    Driver: record?.driver ?? localDriver,
    ...inspectOptions(mount),
    SubPath: mount.subPath ?? '',
  }
}

function inspectOptions(mount: Mount) {
  const { options } = completeMount(mount)
  const isSaidElsewhere = (option: string) => option === 'ro' || option === 'rw' || propagations.test(option)
  return {
    Mode: mount.options.find((option) => option === 'z' || option === 'Z') ?? '',
    Options: options.filter((option) => !isSaidElsewhere(option)),
    RW: !options.includes('ro'),
    Propagation: options.findLast((option) => propagations.test(option)) ?? '',
  }
}
