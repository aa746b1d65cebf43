// Programs that connect containers: aardvark-dns, pasta, slirp4netns, nft.

import { join } from 'node:path'
import { isExecutable } from '../os/is-executable.ts'
import type { NetworkConfig } from './network-config.ts'

/** podman's own places for them, after the configured ones. */
const usualFolders = ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman']

/** Undefined where it is not installed. */
export function findHelper({ helperFolders }: NetworkConfig, name: string): string | undefined {
  return firstIn([...(helperFolders.length === 0 ? usualFolders : helperFolders), ...programFolders()], name)
}

/** Undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  return firstIn(programFolders(), name)
}

/** Debian's PATH of an ordinary user, and what `su` leaves, is without sbin. */
function programFolders(): string[] {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  return [...path, '/usr/sbin', '/usr/bin']
}

function firstIn(folders: readonly string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => isExecutable(file))
}
