// Programs of others, as `info` shows them.

import { EngineError } from '../../base/errors.ts'
import { runProcess } from '../../os/exec.ts'
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

async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await runProcess(path, ['--version'])
    return stdout.trim()
  } catch (error) {
    if (error instanceof EngineError) return ''
    throw error
  }
}
