// The kernel's name for this boot. A record that carries another one speaks of processes and mounts that are gone.

import { readFileSync } from 'node:fs'

let known: string | undefined

/** `GANTRY_BOOT_ID_FILE` replaces the kernel's file, for tests that simulate a reboot. */
export function bootId(): string {
  known ??= readFileSync(process.env['GANTRY_BOOT_ID_FILE'] ?? '/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return known
}
