// A file from a web server into a folder of ours: what ADD of a URL copies.

import { createHash, type Hash } from 'node:crypto'
import { createWriteStream, futimesSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { digestAlgorithm, isDigest } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { openDownload } from '../../transport/download.ts'
import { redact, type TlsOptions } from '../../transport/registry/http.ts'
import type { Engine } from '../engine.ts'

export interface DownloadOptions {
  readonly folder: string
  readonly tls?: TlsOptions
  /** `sha256:…` that the content must have. */
  readonly checksum?: string
}

/**
 * The file's mode is 0600, its time the server's Last-Modified, or 1970.
 * @throws as openDownload; invalid `url-names-no-file`, `checksum-invalid`; corrupt `checksum-mismatch`
 */
export async function downloadFile(engine: Engine, url: URL, options: DownloadOptions): Promise<void> {
  const { checksum } = options
  if (checksum !== undefined && !isDigest(checksum)) {
    throw invalid('checksum-invalid', `'${checksum}' is no checksum`, 'Write --checksum=sha256:HEX.')
  }
  const hash = checksum === undefined ? undefined : createHash(digestAlgorithm(checksum))
  const name = fileNameOf(url)
  await using answer = await openDownload(url, engine.signal, options.tls)
  await using file = await open(join(options.folder, name), 'wx', 0o600)
  const bytes = capped(answer.body, { limit: engine.settings.unpackLimits.totalBytes, hash, url })
  await pipeline(bytes, createWriteStream('', { fd: file.fd, autoClose: false }), { signal: engine.signal })
  const found = hash === undefined ? checksum : `${checksum?.split(':')[0]}:${hash.digest('hex')}`
  if (found !== checksum) throw mismatch(url, String(checksum), String(found))
  const time = modifiedSeconds(answer.header('last-modified'))
  futimesSync(file.fd, time, time)
}

/** The last part of its path. @throws invalid `url-names-no-file` */
export function fileNameOf(url: URL): string {
  const name = decoded(posix.basename(url.pathname))
  if (name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)) return name
  throw invalid(
    'url-names-no-file',
    `${redact(url)} ends in no file's name`,
    'Name a file as the target, without a slash behind.',
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Cap {
  readonly limit: number
  readonly hash: Hash | undefined
  readonly url: URL
}

async function* capped(body: AsyncIterable<Uint8Array>, { limit, hash, url }: Cap): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw invalid('download-too-large', `${redact(url)} is larger than ${limit} bytes`)
    hash?.update(chunk)
    yield chunk
  }
}

function modifiedSeconds(header: string | undefined): number {
  const time = header === undefined ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? 0 : time / 1000
}

function mismatch(url: URL, wanted: string, found: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'checksum-mismatch',
    message: `${redact(url)} has checksum ${found}, not ${wanted}`,
  })
}
