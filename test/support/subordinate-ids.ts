// The ids that root's `--userns auto` takes from: those of the user `containers`, as podman has it.

import { appendFileSync, readFileSync } from 'node:fs'

/** Idempotent. Needs root. */
export function giveSubordinateIds(): void {
  for (const file of ['/etc/subuid', '/etc/subgid']) {
    if (!/^containers:/m.test(readFileSync(file, 'utf8'))) appendFileSync(file, 'containers:2147483648:1073741824\n')
  }
}
