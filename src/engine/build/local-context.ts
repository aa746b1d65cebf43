// A build's context in a folder of the user's, and the file to follow: as podman looks for them.

import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { absentAsUndefined, EngineError, errorReason, invalid } from '../../base/errors.ts'
import { compileIgnorePatterns, parseIgnoreFile } from '../../dockerfile/ignore-patterns.ts'
import type { BuildContext } from './build-context.ts'

export interface FoundDockerfile {
  readonly text: string
  /** How errors name it. */
  readonly path: string
  /** Absolute; undefined where it came from standard input or a URL. */
  readonly file?: string
}

/** `files`: of --file, relative to where we are, or to the context; several are read as one. @throws not-found `dockerfile-missing`; invalid */
export function findDockerfile(context: string, files: readonly string[]): FoundDockerfile {
  if (files.length === 0) return readDockerfile(usualFile(context))
  const found = files.map((name) => readDockerfile(fileIn(context, name)))
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  return { text: found.map(({ text }) => text).join('\n'), path: found.map(({ path }) => path).join('+') }
}

/** `ignoreFile`: instead of those that are looked for. @throws not-found `ignore-file-missing`; invalid `context-missing` */
export function localContext(
  folder: string,
  { file }: Pick<FoundDockerfile, 'file'>,
  ignoreFile?: string,
): BuildContext {
  const path = ignoreFile === undefined ? usualIgnoreFile(folder, file) : ignoreFile
  if (path === undefined) return { folder }
  const text = absentAsUndefined(() => readFileSync(path, 'utf8'))
  if (text === undefined) throw missing('ignore-file-missing', path)
  return { folder, ignored: compileIgnorePatterns(parseIgnoreFile(text)) }
}

function usualFile(context: string): string {
  const names = ['Containerfile', 'Dockerfile'].map((name) => join(context, name))
  const found = names.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new EngineError({
    kind: 'not-found',
    code: 'dockerfile-missing',
    message: `no Containerfile or Dockerfile specified or found in context directory, ${context}: no such file or directory`,
  })
}

function fileIn(context: string, name: string): string {
  const here = resolve(name)
  if (existsSync(here)) return here
  const there = resolve(context, name)
  if (existsSync(there)) return there
  throw missing('dockerfile-missing', here)
}

function readDockerfile(path: string): FoundDockerfile {
  if (statSync(path).isDirectory()) {
    throw invalid('dockerfile-folder', `containerfile: ${path} cannot be path to a directory`)
  }
  try {
    return { text: readFileSync(path, 'utf8'), path: basename(path), file: path }
  } catch (error) {
    throw invalid('dockerfile-unreadable', `'${path}' cannot be read: ${errorReason(error)}`)
  }
}

/** One of the Dockerfile's own comes first. */
function usualIgnoreFile(folder: string, file: string | undefined): string | undefined {
  const own = file === undefined ? [] : [`${file}.containerignore`, `${file}.dockerignore`]
  const ofContext = ['.containerignore', '.dockerignore'].map((name) => join(folder, name))
  return [...own, ...ofContext].find((path) => existsSync(path))
}

function missing(code: string, path: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code,
    message: `the specified ${code.startsWith('ignore') ? 'ignore file' : 'Containerfile or Dockerfile'} does not exist, ${path}: no such file or directory`,
    hint: `Look in ${dirname(path)}`,
  })
}
