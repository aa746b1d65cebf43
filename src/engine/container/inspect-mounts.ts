// The user's mounts as inspect shows them, in three forms: Mounts, HostConfig.Binds, HostConfig.Tmpfs.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import { completeMount, type Mount } from '../../spec/mounts.ts'

export function inspectMounts({ mounts }: CompleteSpec) {
  return mounts.mounts.flatMap((mount) => (mount.kind === 'bind' ? [inspectBind(mount)] : []))
}

/** `SOURCE:DESTINATION:OPTIONS` */
export function inspectBinds({ mounts }: CompleteSpec): string[] {
  return mounts.mounts.flatMap((mount) =>
    mount.kind === 'bind' ? [`${mount.source}:${mount.destination}:${completeMount(mount).options.join(',')}`] : [],
  )
}

/** Options by destination. */
export function inspectTmpfs({ mounts }: CompleteSpec): Record<string, string> {
  const entries = mounts.mounts
    .filter((mount) => mount.kind === 'tmpfs')
    .map((mount) => [mount.destination, completeMount(mount).options.join(',')] as const)
  return Object.fromEntries(entries)
}

const propagations = /^(?:r?(?:shared|slave|private|unbindable))$/

function inspectBind(mount: Extract<Mount, { kind: 'bind' }>) {
  const { options } = completeMount(mount)
  const isSaidElsewhere = (option: string) => option === 'ro' || option === 'rw' || propagations.test(option)
  return {
    Type: 'bind',
    Name: '',
    Source: mount.source,
    Destination: mount.destination,
    Driver: '',
    Mode: mount.options.find((option) => option === 'z' || option === 'Z') ?? '',
    Options: options.filter((option) => !isSaidElsewhere(option)),
    RW: !options.includes('ro'),
    Propagation: options.findLast((option) => propagations.test(option)) ?? '',
    SubPath: '',
  }
}
