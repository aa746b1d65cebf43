// A build's context from wherever it is: a folder, an archive, standard input, git, a web server. What is not a folder of the user's becomes a
// temporary one, in which no link is followed out.

import { createReadStream, statSync } from 'node:fs'
import { dirname, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { compileIgnorePatterns, parseIgnoreFile } from '../../dockerfile/ignore-patterns.ts'
import { openMaybeTar } from '../../image/plain-stream.ts'
import { unpackStream } from '../../image/unpack.ts'
import { openTemporaryFolder } from '../../state/temporary-folder.ts'
import { download } from '../../transport/download.ts'
import type { TlsOptions } from '../../transport/registry/http.ts'
import type { Engine } from '../engine.ts'
import type { BuildContext } from './build-context.ts'
import { cloneGit } from './clone-git.ts'
import { type ContextSource, parseContextSource } from './context-source.ts'
import { type FoundDockerfile, findDockerfile, localContext } from './local-context.ts'
import { folderInTree, textInTree } from './text-in-tree.ts'

export interface ContextRequest {
  /** A folder, an archive, `-`, a URL or a git repository; unset is the first file's folder, or the current one. */
  readonly where: string | undefined
  /** Of --file; `-` is standard input. */
  readonly files: readonly string[]
  /** Of --ignorefile. */
  readonly ignoreFile?: string
  readonly stdin: () => Readable
  readonly tls?: TlsOptions
}

export interface OpenedContext extends Disposable {
  readonly context: BuildContext
  readonly dockerfile: FoundDockerfile
}

/** @throws not-found `dockerfile-missing`, `context-missing`; invalid; unavailable; as cloneGit and download */
export async function openContext(engine: Engine, request: ContextRequest): Promise<OpenedContext> {
  const { where, files } = request
  const source = parseContextSource(where ?? homeOf(files))
  if (source.kind === 'stdin' && files.includes('-')) {
    throw invalid('stdin-twice', 'standard input cannot be both the context and the Containerfile')
  }
  const elsewhere = await filesElsewhere(engine, request)
  if (source.kind === 'path' && isFolder(source.path)) {
    const folder = resolve(source.path)
    const dockerfile = elsewhere ?? findDockerfile(folder, files)
    return { context: localContext(folder, dockerfile, request.ignoreFile), dockerfile, ...nothingToDo }
  }
  using stack = new DisposableStack()
  const fetched = await fetchContext(engine, source, request)
  stack.use(fetched)
  const dockerfile = elsewhere ?? dockerfileIn(fetched, files)
  const context = { folder: fetched.folder, ...ignoredIn(fetched.folder, dockerfile.path, request.ignoreFile) }
  const rest = stack.move()
  return { context, dockerfile, [Symbol.dispose]: () => rest.dispose() }
}

const nothingToDo = { [Symbol.dispose]: () => undefined }

/** Without a context, that of the first file that lies somewhere. */
function homeOf(files: readonly string[]): string {
  const file = files.find((name) => name !== '-' && !/^https?:\/\//.test(name))
  return file === undefined ? '.' : dirname(resolve(file))
}

function isFolder(path: string): boolean {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat !== undefined) return stat.isDirectory()
  throw new EngineError({
    kind: 'not-found',
    code: 'context-missing',
    message: `context must be a directory, an archive or a URL: '${path}': no such file or directory`,
  })
}

/** Of --file, where it is no path. */
async function filesElsewhere(
  engine: Engine,
  { files, stdin, tls }: ContextRequest,
): Promise<FoundDockerfile | undefined> {
  const [file] = files
  if (file === undefined || files.length > 1) return undefined
  if (file === '-') return { text: await text(stdin(), 'standard input'), path: 'stdin' }
  if (!/^https?:\/\//.test(file)) return undefined
  const url = URL.parse(file)
  if (url === null) throw invalid('context-invalid', `'${file}' is no URL`)
  return { text: await text(Readable.from(download(url, engine.signal, tls)), file), path: file }
}

const maxTextBytes = 4 << 20

async function text(stream: Readable, label: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxTextBytes) throw invalid('dockerfile-too-large', `${label}: larger than a Containerfile can be`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A temporary folder, and the Dockerfile where what came was nothing else. */
export interface FetchedContext extends Disposable {
  readonly folder: string
  readonly dockerfile?: FoundDockerfile
}

/** @throws as openContext */
export async function fetchContext(
  engine: Engine,
  source: ContextSource,
  { stdin, tls }: Pick<ContextRequest, 'stdin' | 'tls'>,
): Promise<FetchedContext> {
  using stack = new DisposableStack()
  const { path: root } = stack.use(openTemporaryFolder(engine.at, 'context'))
  if (source.kind === 'git') {
    // As podman leaves it: builds ask git for their version.
    await cloneGit(source, { folder: root, keepsGitFolder: true }, engine.signal)
    const folder = source.subfolder === undefined ? root : folderInTree(root, source.subfolder)
    return settled(stack, { folder })
  }
  const stream = openSource(engine, source, { stdin, ...(tls === undefined ? {} : { tls }) })
  const label = source.kind === 'stdin' ? 'stdin' : source.kind === 'path' ? source.path : String(source.url)
  const found = await openMaybeTar(stream)
  if (!found.isTar)
    return settled(stack, { folder: root, dockerfile: { text: await text(found.stream, label), path: label } })
  const request = { folder: root, whiteouts: 'none', limits: engine.settings.unpackLimits } as const
  await unpackStream(found.stream, request, () => engine.signal.throwIfAborted())
  return settled(stack, { folder: root })
}

function openSource(
  engine: Engine,
  source: Exclude<ContextSource, { kind: 'git' }>,
  { stdin, tls }: Pick<ContextRequest, 'stdin' | 'tls'>,
): Readable {
  if (source.kind === 'stdin') return stdin()
  if (source.kind === 'path') return createReadStream(source.path, { highWaterMark: 1 << 20 })
  return Readable.from(download(source.url, engine.signal, tls), { objectMode: false })
}

function settled(stack: DisposableStack, what: Omit<FetchedContext, keyof Disposable>): FetchedContext {
  const rest = stack.move()
  return { ...what, [Symbol.dispose]: () => rest.dispose() }
}

function dockerfileIn({ folder, dockerfile }: FetchedContext, files: readonly string[]): FoundDockerfile {
  if (dockerfile !== undefined && files.length === 0) return dockerfile
  const names = files.length === 0 ? ['Containerfile', 'Dockerfile'] : files
  if (files.length === 0) {
    const found = names.flatMap((name) => foundIn(folder, name) ?? [])[0]
    if (found !== undefined) return found
    throw missing(`no Containerfile or Dockerfile in the context`)
  }
  const found = files.map((name) => foundIn(folder, name) ?? localFile(name))
  return { text: found.map((one) => one.text).join('\n'), path: found.map((one) => one.path).join('+') }
}

function foundIn(folder: string, name: string): FoundDockerfile | undefined {
  const content = textInTree(folder, name, maxTextBytes)
  return content === undefined ? undefined : { text: content, path: posix.normalize(name) }
}

/** A file of the user's own for a context that came from elsewhere. */
function localFile(name: string): FoundDockerfile {
  const stat = absentAsUndefined(() => statSync(name))
  if (stat?.isFile() === true) return findDockerfile('.', [name])
  throw missing(`the specified Containerfile or Dockerfile does not exist, ${name}: no such file or directory`)
}

function ignoredIn(folder: string, dockerfile: string, ignoreFile: string | undefined): Partial<BuildContext> {
  if (ignoreFile !== undefined) return localContext(folder, {}, ignoreFile)
  const names = [`${dockerfile}.containerignore`, `${dockerfile}.dockerignore`, '.containerignore', '.dockerignore']
  const content = names.flatMap((name) => textInTree(folder, name, maxTextBytes) ?? [])[0]
  return content === undefined ? {} : { ignored: compileIgnorePatterns(parseIgnoreFile(content)) }
}

function missing(message: string): EngineError {
  return new EngineError({ kind: 'not-found', code: 'dockerfile-missing', message, hint: 'Name it: --file PATH' })
}
