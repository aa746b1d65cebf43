// Which package of the distribution a file came with.

import { EngineError } from '../base/errors.ts'
import { runProcess } from './exec.ts'

/** `runc_1.1.5_amd64`, `runc-1.1.12-3.fc40.x86_64`; "Unknown" where no package manager knows the file. */
export async function packageOwner(path: string): Promise<string> {
  return (await debianPackage(path)) ?? (await rpmPackage(path)) ?? 'Unknown'
}

async function debianPackage(path: string): Promise<string | undefined> {
  const found = await ask('dpkg-query', ['--search', path])
  const name = found?.split('\n')[0]?.split(': ')[0]?.split(',')[0]
  if (name === undefined || name === '') return undefined
  return ask('dpkg-query', ['--show', '--showformat=${Package}_${Version}_${Architecture}', name])
}

async function rpmPackage(path: string): Promise<string | undefined> {
  return ask('rpm', ['-q', '-f', path])
}

/** Undefined where the program is not there or does not know. */
async function ask(file: string, argv: readonly string[]): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await runProcess(file, argv)
    return exitCode === 0 ? stdout.trim() : undefined
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}
