// `--env` and `--env-file`, for run, create and exec: `NAME=value`, `NAME` for our own value, `PREFIX*` for all of ours that begin so.

import { readFileSync } from 'node:fs'
import { errnoOf, errorReason, invalid } from '../../base/errors.ts'

export interface EnvironmentWords {
  readonly files: readonly string[]
  readonly entries: readonly string[]
}

export const proxyVariables = ['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy'].flatMap((name) => [
  name,
  name.toUpperCase(),
])

/** Those that we have. */
export function proxyEntries(): string[] {
  return readEnvironment({ files: [], entries: proxyVariables })
}

/** Entries come after files, so they win. @throws invalid `env-invalid`, `env-file-unreadable` */
export function readEnvironment({ files, entries }: EnvironmentWords): string[] {
  return [...files.flatMap(readEnvironmentFile), ...entries.flatMap(expandEntry)]
}

function readEnvironmentFile(path: string): string[] {
  const lines = textOf(path).split('\n')
  return lines
    .map((line) => line.trimStart().replace(/\r$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap(expandEntry)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('env-file-unreadable', `open ${path}: ${errorReason(error)}`)
  }
}

function expandEntry(entry: string): string[] {
  if (entry === '' || entry.startsWith('=')) throw invalid('env-invalid', `invalid variable: ${JSON.stringify(entry)}`)
  if (entry.includes('=')) return [entry]
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const isWanted = entry.endsWith('*')
    ? (name: string) => name.startsWith(entry.slice(0, -1))
    : (name: string) => name === entry
  return own.filter(([name]) => isWanted(name)).map(([name, value]) => `${name}=${value}`)
}
