// ADD's sources that are elsewhere, brought into a temporary folder: then they are copied as any other.

import { openTemporaryFolder } from '../../state/temporary-folder.ts'
import type { TlsOptions } from '../../transport/registry/http.ts'
import type { Engine } from '../engine.ts'
import { cloneGit } from './clone-git.ts'
import { type ContextSource, parseRemote } from './context-source.ts'
import { downloadFile } from './download-file.ts'

export interface RemoteOptions {
  readonly checksum?: string
  /** Of git: `.git` stays. */
  readonly keepsGitFolder: boolean
  readonly tls?: TlsOptions
}

export interface FetchedSource extends Disposable {
  /** Absolute. */
  readonly folder: string
  /** What is to be copied, below the folder: one file, or a folder whose entries are meant ('' for all). */
  readonly path: string
  readonly kind: 'file' | 'folder'
}

export type RemoteSource = Exclude<ContextSource, { kind: 'stdin' | 'path' }>

/** Undefined for a path. @throws invalid `context-invalid` */
export function remoteSource(text: string): RemoteSource | undefined {
  return parseRemote(text)
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
    return fetched(stack.move(), { folder, path: source.subfolder ?? '', kind: 'folder' })
  }
  const tls = options.tls === undefined ? {} : { tls: options.tls }
  const path = await downloadFile(engine, source.url, { folder, ...checksum, ...tls })
  return fetched(stack.move(), { folder, path, kind: 'file' })
}

function fetched(stack: DisposableStack, what: Omit<FetchedSource, keyof Disposable>): FetchedSource {
  return { ...what, [Symbol.dispose]: () => stack.dispose() }
}
