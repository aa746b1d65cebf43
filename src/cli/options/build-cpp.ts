// A Containerfile whose name ends in .in goes through the C preprocessor first, as buildah has it.

import { EngineError } from '../../base/errors.ts'
import type { FoundDockerfile } from '../../engine/build/local-context.ts'
import { execute } from '../../os/exec.ts'

export interface Preprocessing {
  /** Where what it includes is. */
  readonly folder: string
  readonly flags: readonly string[]
}

/** @throws not-found `program-not-found`; unavailable `program-failed` with cpp's words */
export async function preprocessed(dockerfile: FoundDockerfile, how: Preprocessing): Promise<FoundDockerfile> {
  if (!dockerfile.path.endsWith('.in')) return dockerfile
  const words = ['-E', '-iquote', how.folder, '-traditional', '-undef', '-P', '-', ...how.flags]
  try {
    return { ...dockerfile, text: await execute('cpp', words, { input: dockerfile.text }) }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'program-not-found') throw error
    const message = `'${dockerfile.path}' needs the C preprocessor: there is no program 'cpp'`
    throw new EngineError({ kind: 'not-found', code: error.code, message, hint: 'Install it: apt install cpp' })
  }
}
