// ADD's sources that are elsewhere, brought into a temporary folder: then they are copied as any other.

import { openTemporaryFolder } from '../../state/temporary-folder.ts'
import type { TlsOptions } from '../../transport/registry/http.ts'
import type { Engine } from '../engine.ts'
import { cloneGit } from './clone-git.ts'
import { type ContextSource, parseRemote } from './context-source.ts'
import { downloadFile, fileNameOf } from './download-file.ts'

export interface RemoteOptions {
  readonly checksum?: string
  /** Of git: `.git` stays. */
  readonly keepsGitFolder: boolean
  readonly tls?: TlsOptions
}

export interface FetchedSource extends Disposable {
  /** Absolute. */
  readonly folder: string
}

export type RemoteSource = Exclude<ContextSource, { kind: 'stdin' | 'path' }>

/** Undefined for a path. @throws invalid `context-invalid` */
export function remoteSource(text: string): RemoteSource | undefined {
  return parseRemote(text)
}

/** What is to be copied, below the folder: a file, or a folder whose entries are meant. @throws invalid `url-names-no-file` */
export function pathInRemote(source: RemoteSource): string {
  return source.kind === 'git' ? (source.subfolder ?? '.') : fileNameOf(source.url).replaceAll(/[*?[\\]/g, '\\$&')
}

/** What it says is all that it can ever be: it need not be fetched to know whether it has changed. */
export function isFixed(source: RemoteSource, checksum: string | undefined): boolean {
  if (source.kind === 'git') return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(checksum ?? source.ref ?? '')
  return checksum !== undefined
}

/** @throws as cloneGit and downloadFile */
export async function fetchRemote(
  engine: Engine,
  source: RemoteSource,
  options: RemoteOptions,
): Promise<FetchedSource> {
  using stack = new DisposableStack()
  const { path: folder } = stack.use(openTemporaryFolder(engine.at, 'add'))
  const checksum = options.checksum === undefined ? {} : { checksum: options.checksum }
  if (source.kind === 'git') {
    await cloneGit(source, { folder, keepsGitFolder: options.keepsGitFolder, ...checksum }, engine.signal)
  } else {
    const tls = options.tls === undefined ? {} : { tls: options.tls }
    await downloadFile(engine, source.url, { folder, ...checksum, ...tls })
  }
  const rest = stack.move()
  return { folder, [Symbol.dispose]: () => rest.dispose() }
}
