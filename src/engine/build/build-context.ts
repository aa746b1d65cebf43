// Where COPY, ADD and bind mounts take from: a folder of the user's, a stage, an image. All are looked at by descriptors from their root down, so
// that no link of theirs leads out.

import type { IgnorePatterns } from '../../dockerfile/ignore-patterns.ts'

/** A folder that a build may read. From git, a URL, a tar or standard input it is a temporary one. */
export interface BuildContext {
  /** Absolute. */
  readonly folder: string
  /** What .dockerignore leaves out: paths below the folder, without a leading slash. */
  readonly ignored?: IgnorePatterns
}

/** A tree with what its content is known by. */
export interface SourceTree {
  /** Descriptor of its root. */
  readonly root: number
  /** Where it is on the host. */
  readonly path: string
  readonly ignored: IgnorePatterns | undefined
  /** That of a stage or an image, which says all; a folder's files are read. */
  readonly key: string | undefined
  /** How errors name it. */
  readonly label: string
}
