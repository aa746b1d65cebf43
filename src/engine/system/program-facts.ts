// Programs of others, as `info` shows them.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
import { isExecutable } from '../../os/is-executable.ts'
import { packageOwner } from '../../os/package-owner.ts'

export interface ProgramFacts {
  readonly path: string
  readonly package: string
  readonly version: string
}

/** Empty texts for a program that is not there. */
export async function programFacts(path: string | undefined): Promise<ProgramFacts> {
  if (path === undefined) return { path: '', package: '', version: '' }
  const [owner, version] = await Promise.all([packageOwner(path), versionOf(path)])
  return { path, package: owner, version }
}

/** podman's places for helpers, then PATH. */
const helperFolders = ['/usr/local/libexec/podman', '/usr/local/lib/podman', '/usr/libexec/podman', '/usr/lib/podman']

export function findHelper(name: string): string | undefined {
  const folders = [...helperFolders, ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '')]
  return folders.map((folder) => join(folder, name)).find((path) => isExecutable(path))
}

async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await runProcess(path, ['--version'])
    return stdout.trim()
  } catch (error) {
    if (error instanceof EngineError) return ''
    throw error
  }
}
