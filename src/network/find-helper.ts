// Programs that connect containers: aardvark-dns, pasta, slirp4netns.

import { join } from 'node:path'
import { isExecutable } from '../os/is-executable.ts'
import type { NetworkConfig } from './network-config.ts'

/** podman's own places for them, after the configured ones. */
const usualFolders = ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman']

/** Undefined where it is not installed. */
export function findHelper({ helperFolders }: NetworkConfig, name: string): string | undefined {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  const folders = [...(helperFolders.length === 0 ? usualFolders : helperFolders), ...path, '/usr/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, name)).find((file) => isExecutable(file))
}
