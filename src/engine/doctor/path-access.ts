// Who may do what with a file, as the kernel decides it: owner, group or others by the mode, and whom capabilities excuse. Pure.

/** One file or folder on the way, ids as the container sees them; undefined is an id that has no name there. */
export interface PathStep {
  readonly path: string
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Permission bits. */
  readonly mode: number
  readonly isFolder: boolean
}

/** The container's first process. */
export interface Accessor {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  /** CAP_DAC_OVERRIDE: excused from the mode, where the ids of the file are known to its namespace. */
  readonly isExcused: boolean
}

export type Right = 'read' | 'write' | 'search'

export interface Denial {
  readonly step: PathStep
  readonly right: Right
}

const bits = { read: 4, write: 2, search: 1 } as const

/** What is denied first: passing through a folder, then reading or writing what is at the end. Empty where nothing is. */
export function denials(way: readonly PathStep[], who: Accessor): Denial[] {
  const end = way.at(-1)
  const blocked = way.slice(0, -1).find((step) => !mayDo(step, who, 'search'))
  if (blocked !== undefined) return [{ step: blocked, right: 'search' }]
  if (end === undefined) return []
  const rights: readonly Right[] = end.isFolder ? ['read', 'write', 'search'] : ['read', 'write']
  return rights.filter((right) => !mayDo(end, who, right)).map((right) => ({ step: end, right }))
}

function mayDo(step: PathStep, who: Accessor, right: Right): boolean {
  const isKnown = step.uid !== undefined && step.gid !== undefined
  if (who.isExcused && isKnown) return true
  return (triplet(step, who) & bits[right]) !== 0
}

/** The first of the three that fits decides, even where a later one would allow more. */
function triplet(step: PathStep, who: Accessor): number {
  if (step.uid === who.uid) return step.mode >> 6
  const isMember = step.gid !== undefined && (step.gid === who.gid || who.groups.includes(step.gid))
  return isMember ? step.mode >> 3 : step.mode
}
