// Images from an archive or a folder into the store.

import { Readable } from 'node:stream'
import { defined } from '../../base/defined.ts'
import { EngineError } from '../../base/errors.ts'
import type { DecryptionKeys } from '../../encryption/decryption-keys.ts'
import type { Platform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import type { Gate } from '../../signature/policy.ts'
import type { ArchiveFiles } from '../../transport/archive-files.ts'
import { copyToStore } from '../../transport/copy.ts'
import { gatedSource } from '../../transport/gated-source.ts'
import { openArchive, openArchiveStream } from '../../transport/open-archive.ts'
import type { Engine } from '../engine.ts'
import { type ArchiveFormat, archiveFormat, type FoundImage, imagesIn } from './archive-images.ts'
import { copyContext } from './copy-context.ts'

export type LoadInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Readable }
  | { readonly kind: 'url'; readonly url: URL }

export interface LoadOptions {
  /** Tags for what is loaded, in place of the archive's own. */
  readonly names?: readonly string[]
  /** Only the image with this name, or (`@N`) at this place in a docker-archive. */
  readonly only?: string
  /** Which entry of an index. */
  readonly platform?: Platform
  /** In place of the configured policy. */
  readonly policyPath?: string
  /** For layers that are encrypted. */
  readonly decryptionKeys?: DecryptionKeys
  /** Our own image: no policy is asked. */
  readonly isTrusted?: boolean
  /** The caller tells of it. */
  readonly isPull?: boolean
}

export interface LoadedImage {
  readonly record: ImageRecord
  /** References it was tagged with; empty for an archive without names. */
  readonly names: readonly string[]
}

/**
 * Loads every image of a docker-archive, an OCI layout (tar or folder) or a `dir:` folder, in order; each becomes visible on its own.
 * @throws not-found `archive-missing`; invalid `archive-malformed`; denied; corrupt when content and digests disagree
 */
export async function load(engine: Engine, input: LoadInput, options: LoadOptions = {}): Promise<LoadedImage[]> {
  using files = await openInput(engine, input)
  const format = archiveFormat(files)
  if (format === undefined)
    throw noFormat(`'${files.label}' is neither a docker-archive, an OCI layout nor a dir: folder`)
  const gate =
    options.isTrusted === true ? undefined : await gateOf(engine, { input, format, chosen: options.policyPath })
  const loaded: LoadedImage[] = []
  for (const found of imagesIn(files, format, options.only)) {
    const one = await loadOne(engine, { ...found, source: gatedSource(found.source, gate) }, options)
    loaded.push(one)
    if (options.isPull !== true) {
      engine.events.append({ type: 'image', status: 'loadfromarchive', id: one.record.id, name: files.label })
    }
  }
  return loaded
}

async function loadOne(engine: Engine, found: FoundImage, options: LoadOptions): Promise<LoadedImage> {
  await using source = found.source
  const names = options.names ?? found.names
  const { platform, decryptionKeys } = options
  const copyOptions = { names, ...defined({ platform, decryptionKeys }) }
  const { record } = await copyToStore(copyContext(engine), source, copyOptions)
  return { record, names }
}

async function gateOf(
  engine: Engine,
  of: { input: LoadInput; format: ArchiveFormat; chosen: string | undefined },
): Promise<Gate | undefined> {
  const policyPath = of.chosen ?? engine.settings.policyPath
  const scope = of.input.kind === 'path' ? of.input.path : ''
  if (policyPath === undefined) return undefined
  const { openGate } = await import('../../signature/policy.ts')
  return openGate(policyPath, { transport: of.format, scope })
}

/** One message for everything that is no image, the one that podman's users look for. */
async function openInput(engine: Engine, input: LoadInput): Promise<ArchiveFiles> {
  try {
    return await openKind(engine, input)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'archive-malformed') throw noFormat(error.message, error)
    throw error
  }
}

async function openKind({ at, signal }: Engine, input: LoadInput): Promise<ArchiveFiles> {
  switch (input.kind) {
    case 'path':
      return openArchive(at, input.path, signal)
    case 'stream':
      return openArchiveStream(at, { stream: input.stream, label: 'stdin' }, signal)
    case 'url': {
      const { download } = await import('../../transport/download.ts')
      const stream = Readable.from(download(input.url, signal), { objectMode: false })
      return openArchiveStream(at, { stream, label: `${input.url.host}${input.url.pathname}` }, signal)
    }
  }
}

function noFormat(detail: string, cause?: unknown): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'archive-malformed',
    message: `payload does not match any of the supported image formats: ${detail}`,
    cause,
  })
}
