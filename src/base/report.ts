// What verbs tell while they work. Front doors render it: the CLI as bars, lines and warnings, the API as JSON lines.

import type { Digest } from './digest.ts'

export type Report =
  /** Something the user should know and that stops nothing. */
  | { type: 'warning'; message: string }
  /** The same of a new container: podman prints it bare. */
  | { type: 'notice'; message: string }
  /** One step done, worth a plain line: "Copying config …". */
  | { type: 'step'; message: string }
  | { type: 'blob-progress'; digest: Digest; doneBytes: number; totalBytes: number | undefined; status: BlobStatus }
  /** Emitted at once, and then once a second while a lock is waited for. */
  | { type: 'lock-wait'; label: string; holder: LockHolder | undefined; waitedMs: number }

export type BlobStatus = 'waiting' | 'transferring' | 'unpacking' | 'exists' | 'done'

export interface LockHolder {
  pid: number
  /** argv joined by blanks, shortened; secrets are never in argv. */
  command: string
  /** RFC 3339 */
  since: string
}

export type Reporter = (report: Report) => void
