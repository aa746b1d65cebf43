// What is stored of a volume: volumes/<name>/volume.json, replaced under the volume's lock.

import type { Versioned } from '../state/record.ts'

export interface VolumeRecord extends Versioned {
  readonly name: string
  /** `local`, `image`, or the name of a plugin. */
  readonly driver: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  /** As podman keeps them: what was given, and in capitals what `o` said of owner, size and quota. */
  readonly options: Readonly<Record<string, string>>
  /** Asked for; otherwise the first user decides. */
  readonly owner?: Owner
  /** Goes with its container. */
  readonly isAnonymous: boolean
  /** For a plugin's answers. */
  readonly timeoutSeconds?: number
  readonly copyUp: CopyUp
  /** The next container that finds it empty gives it to its user. */
  readonly needsChown: boolean
  /** Whose it was made then. */
  readonly chownedTo?: Owner
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * The image's content, on first use: `arriving` once it lies beside `_data` in full and is being moved in, so that whoever comes after a crash
 * finishes it.
 */
export type CopyUp = 'wanted' | 'arriving' | 'done'

export const localDriver = 'local'
/** podman's own: begins with what an image holds. */
export const imageDriver = 'image'

/** Somebody else keeps its content. */
export function isOfPlugin({ driver }: Pick<VolumeRecord, 'driver'>): boolean {
  return driver !== localDriver && driver !== imageDriver
}

/** Whether something must be mounted before it can be used: a plugin's, or a local one with a device or a file system type. */
export function needsMount({ driver, options }: Pick<VolumeRecord, 'driver' | 'options'>): boolean {
  if (driver !== localDriver) return driver !== imageDriver
  const said = ['UID', 'GID', 'SIZE', 'INODES', 'NOQUOTA', 'nocopy', 'copy'].filter((key) =>
    Object.hasOwn(options, key),
  )
  // What `o` says of these, `o` itself repeats.
  const known = new Set(said.length > 0 ? [...said, 'o'] : said)
  return Object.keys(options).some((key) => !known.has(key))
}
