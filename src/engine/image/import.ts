// import: a tar of a file system becomes an image of one layer.

import { closeSync, createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { type ChangedConfig, configFromChanges } from '../../image/config-changes.ts'
import { compressionOf } from '../../image/decompress.ts'
import { hostPlatform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import { openGate } from '../../signature/policy.ts'
import { copyToStore } from '../../transport/copy.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import { spool } from '../../transport/spool.ts'
import { beginningOf, describeTarball, tarballSource } from '../../transport/tarball.ts'
import type { Engine } from '../engine.ts'
import { copyContext } from './copy-context.ts'
import { targetName } from './tag.ts'

export type ImportInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Readable }
  | { readonly kind: 'url'; readonly url: URL }

export interface ImportOptions {
  /** Tag for the image, completed as `tag` does. */
  readonly name?: string
  /** `CMD …`, `ENV=…`: see image/config-changes.ts. */
  readonly changes: readonly string[]
  readonly message: string
  readonly os?: string
  readonly architecture?: string
  readonly variant?: string
  readonly policyPath?: string
}

/**
 * The same file, time and options give the same image.
 * @throws invalid `change-malformed`, `tar-…`; not-found `archive-missing`, `program-not-found`; corrupt; denied
 */
export async function importTarball(engine: Engine, input: ImportInput, options: ImportOptions): Promise<ImageRecord> {
  const changes = configFromChanges(options.changes)
  const names = options.name === undefined ? [] : [targetName(options.name)]
  const policyPath = options.policyPath ?? engine.settings.policyPath
  const label = labelOf(input)
  const gate = policyPath === undefined ? undefined : openGate(policyPath, { transport: 'tarball', scope: label })
  using given = await localFile(engine, input)
  using file = await withoutForeignCompression(engine, given)
  const { blob, diffId } = await describeTarball(file.path, engine.signal)
  const config = describeConfig({ changes, options, diffId, createdAt: file.changedAt })
  await using source = gatedSource(tarballSource(file.path, config, blob), gate)
  const { record } = await copyToStore(copyContext(engine), source, { names })
  engine.events.append({ type: 'image', status: 'import', id: record.id, name: names[0] ?? label })
  return record
}

interface LocalFile extends Disposable {
  readonly path: string
  readonly changedAt: Date
}

/** What comes through a pipe or from a server is spooled, because it is read twice. */
async function localFile(engine: Engine, input: ImportInput): Promise<LocalFile> {
  if (input.kind === 'path') return { ...existing(input.path), [Symbol.dispose]: () => undefined }
  const fd = await spool(engine.at, [await openInput(engine, input)], engine.signal)
  return { path: `/proc/self/fd/${fd}`, changedAt: new Date(), [Symbol.dispose]: () => closeSync(fd) }
}

/** Images' layers are plain, gzipped or zstd: of xz and bzip2 the content is kept. */
async function withoutForeignCompression(engine: Engine, file: LocalFile): Promise<LocalFile> {
  const compression = compressionOf(beginningOf(file.path))
  if (compression !== 'xz' && compression !== 'bzip2') return { ...file, [Symbol.dispose]: () => undefined }
  const { unpackedStream } = await import('../../image/plain-stream.ts')
  const fd = await spool(engine.at, [unpackedStream(createReadStream(file.path), compression)], engine.signal)
  return { path: `/proc/self/fd/${fd}`, changedAt: file.changedAt, [Symbol.dispose]: () => closeSync(fd) }
}

async function openInput(engine: Engine, input: Exclude<ImportInput, { kind: 'path' }>): Promise<Readable> {
  if (input.kind === 'stream') return input.stream
  engine.report({ type: 'step', message: `Downloading from ${JSON.stringify(labelOf(input))}` })
  const { download } = await import('../../transport/download.ts')
  return Readable.from(download(input.url, engine.signal), { objectMode: false })
}

function existing(path: string): { path: string; changedAt: Date } {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) {
    throw new EngineError({
      kind: 'not-found',
      code: 'archive-missing',
      message: `open ${path}: no such file or directory`,
    })
  }
  if (!stat.isFile()) throw invalid('import-not-a-file', `'${path}' is not a file`, 'Pipe it in: import - < …')
  return { path, changedAt: stat.mtime }
}

interface ConfigParts {
  readonly changes: ChangedConfig
  readonly options: ImportOptions
  readonly diffId: Digest
  readonly createdAt: Date
}

function describeConfig({ changes, options, diffId, createdAt }: ConfigParts): Buffer {
  const host = hostPlatform()
  const created = createdAt.toISOString()
  const hex = diffId.slice(diffId.indexOf(':') + 1)
  const document = {
    created,
    architecture: options.architecture || host.architecture,
    ...(options.variant ? { variant: options.variant } : {}),
    os: options.os || host.os,
    config: changes,
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [
      {
        created,
        created_by: `/bin/sh -c #(nop) ADD file:${hex} in /`,
        comment: options.message || 'imported from tarball',
      },
    ],
  }
  return Buffer.from(JSON.stringify(document))
}

function labelOf(input: ImportInput): string {
  switch (input.kind) {
    case 'path':
      return input.path
    case 'stream':
      return 'stdin'
    case 'url':
      return `${input.url.protocol}//${input.url.host}${input.url.pathname}`
  }
}
