// Who holds a flock: /proc/locks, which names the file by device and inode.

import { readFileSync, statSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

/** Pid of the process that took the flock on `path`; undefined when nobody holds it, or the kernel does not say who. */
export function flockOwner(path: string): number | undefined {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) return undefined
  const text = absentAsUndefined(() => readFileSync('/proc/locks', 'utf8')) ?? ''
  for (const line of text.split('\n')) {
    // Devices of btrfs and overlay differ from what stat(2) says: the inode alone is compared.
    const [, pid, inode] = /^\d+: FLOCK +\S+ +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
    if (inode === String(stat.ino) && Number(pid) > 0) return Number(pid)
  }
  return undefined
}
