// Where in the cgroup tree a container lives, in the OCI runtime's words and as a path below each hierarchy's root.

import { posix } from 'node:path'
import { EngineError, invalid } from '../base/errors.ts'

export interface CgroupFacet {
  /** `no-conmon`: the monitor stays where Gantry was called; `split`: so does the container, in a group below ours. */
  readonly mode: CgroupMode
  /** Parent path (cgroupfs) or slice (systemd); the default unless said. */
  readonly parent?: string
  /** The id of the pod whose group it lies in; `parent` then is that group's. */
  readonly pod?: string
}

export type CgroupMode = (typeof cgroupModes)[number]

export const cgroupModes = ['enabled', 'disabled', 'no-conmon', 'split'] as const

/** Where the processes of a group go that is split: a group with controllers may have groups or processes. */
export const splitRuntimeGroup = 'runtime'

/** podman's rules for what goes together. @throws invalid `cgroup-conflict` */
export function checkCgroup({ mode, parent }: CgroupFacet, pid: { readonly kind: string } | undefined): void {
  const refuse = (message: string) => invalid('cgroup-conflict', `${message}: invalid argument`)
  if (mode === 'split' && parent !== undefined) throw refuse('cannot specify --cgroup-mode=split with a cgroup-parent')
  if (mode !== 'disabled') return
  if (parent !== undefined) throw refuse('cannot set cgroup parent if not creating cgroups')
  if (pid === undefined || pid.kind === 'private') return
  throw refuse('containers not creating Cgroups must create a private PID namespace - cannot use another')
}

/** @throws invalid `cgroup-parent-invalid` for a slice without systemd, or what is none with it */
export function checkCgroupParent(parent: string | undefined, manager: CgroupSurroundings['manager']): void {
  if (parent === undefined) return
  const isSlice = /[^/]\.slice$/.test(parent)
  if (isSlice === (manager === 'systemd')) return
  const message = isSlice
    ? 'systemd slice received as cgroup parent when using cgroupfs'
    : 'did not receive systemd slice as cgroup parent when using systemd to manage cgroups'
  throw invalid('cgroup-parent-invalid', `${message}: invalid argument`)
}

export interface CgroupSurroundings {
  readonly manager: 'cgroupfs' | 'systemd'
  readonly isRootless: boolean
  readonly isUnified: boolean
  /** A group that we may make groups in, without privilege and with cgroupfs; undefined if there is none. */
  readonly delegated: string | undefined
  /** The group that we are in, read when asked for; "/" where it is the root. */
  readonly own: string
}

/** OCI's cgroupsPath. Undefined where no group can be made: the runtime then leaves the container in ours. */
export function ociCgroupsPath(id: string, facet: CgroupFacet, at: CgroupSurroundings): string | undefined {
  if (facet.mode === 'disabled') return undefined
  if (facet.mode === 'split') return at.own === '/' ? undefined : `${at.own}/gantry-payload-${id}`
  if (at.manager === 'systemd') return `${sliceOf(facet, at)}:gantry:${id}`
  const parent = facet.parent ?? defaultParent(at)
  if (parent === undefined) return undefined
  return posix.join('/', parent, ...(facet.pod === undefined ? [] : [`gantry-pod-${facet.pod}`]), `gantry-${id}`)
}

/** systemd reads the dash as nesting: a pod's slice lies in its parent's. */
function sliceOf({ parent, pod }: CgroupFacet, at: CgroupSurroundings): string {
  const slice = posix.basename(parent ?? defaultSlice(at))
  return pod === undefined ? slice : `${slice.replace(/\.slice$/, '')}-gantry_pod_${pod}.slice`
}

/** @throws unsupported `cgroup-root` where there is nothing to split */
export function checkSplit({ mode }: CgroupFacet, at: CgroupSurroundings): void {
  if (mode !== 'split' || at.own !== '/') return
  throw new EngineError({
    kind: 'unsupported',
    code: 'cgroup-root',
    message: '--cgroups=split cannot split the root control group, which Gantry was called in',
    hint: 'Call it from a service or a scope: systemd-run --scope …',
  })
}

/**
 * The container's group below each hierarchy's root, as /proc/PID/cgroup prints it.
 * `userService`: the group of the user's own systemd, which an ordinary user's slices lie below.
 */
export function cgroupOf(path: string, at: Pick<CgroupSurroundings, 'manager'>, userService: string): string {
  if (at.manager === 'cgroupfs') return path
  const [slice = '', prefix = '', id = ''] = path.split(':')
  return `${userService}/${expandSlice(slice)}/${prefix}-${id}.scope`.replace(/\/{2,}/g, '/')
}

/** systemd's nesting: a-b.slice lies in a.slice. */
function expandSlice(slice: string): string {
  const parts = slice.replace(/\.slice$/, '').split('-')
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('-')}.slice`).join('/')
}

function defaultSlice(at: CgroupSurroundings): string {
  return at.isRootless ? 'user.slice' : 'machine.slice'
}

function defaultParent(at: CgroupSurroundings): string | undefined {
  if (!at.isRootless) return '/gantry'
  return at.isUnified ? at.delegated : undefined
}
