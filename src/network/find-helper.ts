// Programs that connect containers: aardvark-dns, pasta, slirp4netns.

import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import type { NetworkConfig } from './network-config.ts'

/** podman's own places for them, after the configured ones. */
const usualFolders = ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman']

/** Undefined where it is not installed. */
export function findHelper({ helperFolders }: NetworkConfig, name: string): string | undefined {
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'))
  const folders = [...(helperFolders.length === 0 ? usualFolders : helperFolders), ...path, '/usr/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
