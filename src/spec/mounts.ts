// Mounts beside the root file system: binds, tmpfs, and the read-only root.

import type { Digest } from '../base/digest.ts'
import type { CompleteSpec } from './container-spec.ts'
import { ociDeviceMounts } from './devices.ts'
import type { OciFacts } from './facts.ts'
import { kernelMounts } from './kernel-mounts.ts'
import { isIdMapOption, isIdMapped } from './mount-id-map.ts'
import { notifyFolder } from './notify.ts'
import type { OciMount } from './oci-config.ts'
import { initDestination } from './process.ts'
import { ociSecretMounts } from './secrets.ts'
import { systemdMounts } from './systemd-mode.ts'

export interface BindMount {
  readonly kind: 'bind'
  readonly source: string
  readonly destination: string
  /** ro, rw, rprivate, rshared, rslave, nosuid, nodev, noexec, … as OCI mount options; `U`: give the source to the container's user. */
  readonly options: readonly string[]
}

export interface TmpfsMount {
  readonly kind: 'tmpfs'
  /** The kernel's, which is never swapped out and knows no limits; tmpfs unless said. */
  readonly type?: 'ramfs'
  readonly destination: string
  readonly options: readonly string[]
}

export interface VolumeMount {
  readonly kind: 'volume'
  /** Empty for one that nobody named, until the container is created. */
  readonly name: string
  readonly destination: string
  readonly options: readonly string[]
  /** Made with the container, and goes with it. */
  readonly isAnonymous: boolean
  /** A folder or file in the volume, in its place. */
  readonly subPath?: string
  /** For the volume's driver, should it have to be made. */
  readonly driverOptions?: Readonly<Record<string, string>>
}

/** An image's root file system, to be read; what is written to it, with `rw`, is gone with the container's end. */
export interface ImageMount {
  readonly kind: 'image'
  /** As the user named it. */
  readonly image: string
  readonly destination: string
  readonly options: readonly string[]
  /** A folder or file in the image, in its place. */
  readonly subPath?: string
  /** Found when the container is created. */
  readonly found?: { readonly imageId: string; readonly layers: readonly Digest[] }
}

/** Terminals of its own. */
export interface DevptsMount {
  readonly kind: 'devpts'
  readonly destination: string
  readonly options: readonly string[]
}

export type Mount = BindMount | TmpfsMount | VolumeMount | ImageMount | DevptsMount

/** Whether it shows what was there before: a source that can be named. */
export function hasSource(mount: Mount): mount is BindMount | VolumeMount | ImageMount {
  return mount.kind !== 'tmpfs' && mount.kind !== 'devpts'
}

/** As the user named it; undefined where there is none. */
export function sourceOf(mount: Mount): string | undefined {
  if (mount.kind === 'bind') return mount.source
  if (mount.kind === 'volume') return mount.name
  return mount.kind === 'image' ? mount.image : undefined
}

/** What becomes of the volumes that an image names. */
export type ImageVolumeMode = 'anonymous' | 'tmpfs' | 'ignore'

export interface MountFacet {
  readonly mounts: readonly Mount[]
  readonly isRootReadOnly?: boolean
  /** With a read-only root: /dev, /run, /tmp and /var/tmp stay writable. True unless said. */
  readonly hasWritableTmpfs?: boolean
  readonly shmBytes?: number
  /** Of each tmpfs that systemd gets; half of memory unless said. */
  readonly systemdTmpfsBytes?: number
  readonly imageVolumes?: ImageVolumeMode
  /** `CONTAINER[:OPTIONS]`: its mounts, too. */
  readonly volumesFrom?: readonly string[]
}

export interface CompleteMounts extends MountFacet {
  readonly isRootReadOnly: boolean
  readonly hasWritableTmpfs: boolean
  readonly shmBytes: number
}

/** A mount of the user's replaces one of ours at the same place; parents come before what lies in them. */
export function ociMounts(spec: CompleteSpec, facts: OciFacts): OciMount[] {
  const ours = [
    ...kernelMounts(spec, facts),
    ...ociDeviceMounts(facts),
    ...fileMounts(spec, facts),
    ...ociSecretMounts(facts),
    ...initMount(facts),
    ...notifyMount(facts),
  ]
  const users = spec.mounts.mounts.map((mount) => usersMount(mount, facts))
  const taken = new Set(users.map((mount) => mount.destination))
  const systemd = systemdMounts(spec, facts)
  const isSystemds = (path: string) => systemd.some((mount) => mount.destination === path)
  const scratch = [...writableFolders(spec).filter((mount) => !isSystemds(mount.destination)), ...systemd].filter(
    (mount) => !taken.has(mount.destination),
  )
  return sortByDepth([...ours.filter((mount) => !isHidden(mount, taken)), ...scratch, ...users])
}

export function imageMounts({ mounts }: Pick<MountFacet, 'mounts'>): ImageMount[] {
  return mounts.filter((mount) => mount.kind === 'image')
}

export function volumeMounts({ mounts }: MountFacet): VolumeMount[] {
  return mounts.filter((mount) => mount.kind === 'volume')
}

/** Option `O`: what is written lies beside the source. */
export function isOverlaid({ options }: Pick<Mount, 'options'>): boolean {
  return options.includes('O')
}

/** What the runtime gets is not the source itself, but something that the engine makes of it. */
export function isRemade(mount: Pick<Mount, 'kind' | 'options'>): boolean {
  return mount.kind === 'image' || isOverlaid(mount) || isIdMapped(mount)
}

/** A user's mount with the options that it gets for those left out. */
export function completeMount(mount: Mount): Mount {
  if (mount.kind === 'tmpfs') return { ...mount, options: tmpfsOptions(mount) }
  if (mount.kind === 'volume') return { ...mount, options: volumeOptions(mount.options) }
  if (mount.kind === 'devpts') return mount
  return { ...mount, options: bindOptions(mount.options) }
}

function usersMount(mount: Mount, facts: OciFacts): OciMount {
  switch (mount.kind) {
    case 'bind':
      return bind(mount, facts)
    case 'tmpfs':
      return tmpfs(mount, facts)
    case 'volume':
      return volume(mount, facts)
    case 'image':
      return image(mount, facts)
    case 'devpts':
      return { destination: mount.destination, type: 'devpts', source: 'devpts', options: [...mount.options] }
  }
}

/** A mount over /dev or /sys brings its own content; one over /proc/… or /etc does not touch our files in it. */
function isHidden(mount: OciMount, taken: ReadonlySet<string>): boolean {
  if (taken.has(mount.destination)) return true
  return ['/dev', '/sys'].some((parent) => taken.has(parent) && mount.destination.startsWith(`${parent}/`))
}

function bind(mount: BindMount, facts: OciFacts): OciMount {
  const flags = facts.sourceFlags[mount.source] ?? []
  const { options } = mount
  const opposites: Readonly<Record<string, string>> = { nosuid: 'suid', nodev: 'dev', noexec: 'exec' }
  const inherited = flags.filter((flag) => !options.includes(flag) && !options.includes(opposites[flag] ?? ''))
  const list = bindOptions([...options, ...inherited])
  const source = facts.volumes[mount.destination] ?? mount.source
  return { destination: mount.destination, type: 'bind', source, options: list }
}

function volume({ destination, name, options }: VolumeMount, { volumes }: OciFacts): OciMount {
  const source = volumes[destination]
  if (source === undefined) throw new Error(`volume ${name} is nowhere`)
  return { destination, type: 'bind', source, options: volumeOptions(options) }
}

function image({ destination, image: name, options }: ImageMount, { volumes }: OciFacts): OciMount {
  const source = volumes[destination]
  if (source === undefined) throw new Error(`image ${name} is nowhere`)
  return { destination, type: 'bind', source, options: bindOptions(options) }
}

/** podman's: nothing that could gain privileges, wherever the volume lies. */
function volumeOptions(options: readonly string[]): string[] {
  const has = (...names: string[]) => names.some((name) => options.includes(name))
  const guards = [...(has('suid', 'nosuid') ? [] : ['nosuid']), ...(has('dev', 'nodev') ? [] : ['nodev'])]
  const complete = [...completeOptions(options), ...guards]
  return has('bind', 'rbind') ? complete : [...complete, 'rbind']
}

function bindOptions(options: readonly string[]): string[] {
  const complete = completeOptions(options)
  const isBindKind = complete.some((option) => option === 'bind' || option === 'rbind')
  return isBindKind ? complete : [...complete, 'rbind']
}

function tmpfs(mount: TmpfsMount, facts: OciFacts): OciMount {
  const owner = mount.options.includes('U') ? [`uid=${facts.user.uid}`, `gid=${facts.user.gid}`] : []
  return {
    destination: mount.destination,
    type: mount.type ?? 'tmpfs',
    source: mount.type ?? 'tmpfs',
    options: [...tmpfsOptions(mount), ...owner],
  }
}

/** podman's: nothing that could gain privileges, and the content of the image's folder copied up. */
function tmpfsOptions({ options, type }: TmpfsMount): string[] {
  const has = (...names: string[]) => names.some((name) => options.includes(name))
  const hasCopyUp = has('tmpcopyup', 'notmpcopyup') || type === 'ramfs'
  return completeOptions([
    ...options.filter((option) => option !== 'notmpcopyup'),
    ...(has('suid', 'nosuid') ? [] : ['nosuid']),
    ...(has('dev', 'nodev') ? [] : ['nodev']),
    ...(hasCopyUp ? [] : ['tmpcopyup']),
  ])
}

/** `z`, `Z`: no SELinux, nothing to relabel. `U`, `O` and `idmap` are done by the engine. */
function completeOptions(options: readonly string[]): string[] {
  const kept = options.filter((option) => !isEngines(option))
  const isPropagation = (option: string) => /^r?(private|shared|slave|unbindable)$/.test(option)
  return [
    ...kept,
    ...(kept.some((option) => option === 'ro' || option === 'rw') ? [] : ['rw']),
    ...(kept.some(isPropagation) ? [] : [kept.includes('bind') ? 'private' : 'rprivate']),
  ]
}

function isEngines(option: string): boolean {
  const isPlain = ['z', 'Z', 'U', 'O', 'copy', 'nocopy'].includes(option)
  return isPlain || /^(?:upper|work)dir=/.test(option) || isIdMapOption(option)
}

function fileMounts(spec: CompleteSpec, facts: OciFacts): OciMount[] {
  const guard = spec.mounts.isRootReadOnly ? ['ro', 'nosuid', 'noexec', 'nodev'] : []
  return Object.entries(facts.files).map(([destination, source]) => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', 'rprivate', ...guard],
  }))
}

function initMount({ initPath }: OciFacts): OciMount[] {
  if (initPath === undefined) return []
  return [{ destination: initDestination, type: 'bind', source: initPath, options: ['bind', 'ro'] }]
}

/** A socket is written to all the same. */
function notifyMount(facts: OciFacts): OciMount[] {
  if (facts.notifyFolder === undefined) return []
  const options = ['bind', 'rprivate', 'ro', 'nosuid', 'noexec', 'nodev']
  return [{ destination: notifyFolder, type: 'bind', source: facts.notifyFolder, options }]
}

function writableFolders({ mounts }: CompleteSpec): OciMount[] {
  if (!mounts.isRootReadOnly || !mounts.hasWritableTmpfs) return []
  return ['/run', '/tmp', '/var/tmp'].map((destination) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup'],
  }))
}

/** Parents before what lies in them. */
export function sortByDepth(mounts: readonly OciMount[]): OciMount[] {
  const depth = ({ destination }: OciMount) => destination.split('/').filter((part) => part !== '').length
  return [...mounts].sort((a, b) => depth(a) - depth(b))
}
