// Where in the cgroup tree a container lives, in the OCI runtime's words and as a path below each hierarchy's root.

export interface CgroupFacet {
  readonly mode: 'enabled' | 'disabled'
  /** Parent path (cgroupfs) or slice (systemd); the default unless said. */
  readonly parent?: string
}

export interface CgroupSurroundings {
  readonly manager: 'cgroupfs' | 'systemd'
  readonly isRootless: boolean
  readonly isUnified: boolean
  /** A group that we may make groups in, without privilege and with cgroupfs; undefined if there is none. */
  readonly delegated: string | undefined
}

/** OCI's cgroupsPath. Undefined where no group can be made: the runtime then leaves the container in ours. */
export function ociCgroupsPath(id: string, facet: CgroupFacet, at: CgroupSurroundings): string | undefined {
  if (facet.mode === 'disabled') return undefined
  if (at.manager === 'systemd') return `${facet.parent ?? defaultSlice(at)}:gantry:${id}`
  const parent = facet.parent ?? defaultParent(at)
  return parent === undefined ? undefined : `${parent.replace(/\/$/, '')}/gantry-${id}`
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
