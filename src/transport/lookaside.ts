// A lookaside: signatures beside a registry, as files `PATH@sha256=HEX/signature-N` below a folder or a web server's address
// (containers-registries.d(5)).

import { existsSync, linkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Digest, digestAlgorithm, digestHex } from '../base/digest.ts'
import { EngineError, errnoOf, invalid } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import type { Reference } from '../image/reference.ts'
import { removeFile, replaceFile, syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeLastingFolders } from '../os/make-folders.ts'
import { type ImageSignature, readSignature, signatureBlob, signatureLimits } from '../signature/image-signature.ts'
import { openFolderFiles } from './archive-files.ts'
import type { TlsOptions } from './registry/http.ts'
import { readCapped } from './registry/token.ts'

export interface LookasideImage {
  /** The repository, as the registry that is asked knows it. */
  readonly reference: Reference
  readonly digest: Digest
}

export interface WebAccess {
  readonly signal: AbortSignal
  tls(host: string): TlsOptions
}

/** Up to the first that is missing. @throws corrupt `signature-malformed`, `signatures-too-many`; unavailable; invalid */
export async function readLookaside(base: URL, image: LookasideImage, web: WebAccess): Promise<ImageSignature[]> {
  const folder = folderOf(base, image)
  const signatures: ImageSignature[] = []
  for (let number = 1; ; number++) {
    const from = `${folder.href}/signature-${number}`
    const bytes = folder.protocol === 'file:' ? readLocal(folder, number) : await fetchOne(new URL(from), web)
    if (bytes === undefined) return signatures
    if (number > signatureLimits.maxCount) throw tooMany(folder)
    signatures.push(readSignature(bytes, from))
  }
}

/**
 * Replaces what is there; each file at once. Signatures of an image are never all gone meanwhile.
 * @throws unsupported `lookaside-read-only`
 */
export function writeLookaside(base: URL, image: LookasideImage, signatures: readonly ImageSignature[]): void {
  const url = folderOf(base, image)
  if (url.protocol !== 'file:') throw readOnly(url)
  const folder = fileURLToPath(url)
  makeLastingFolders(folder, 0o755)
  for (const [at, signature] of signatures.entries()) {
    replaceFile(join(folder, `signature-${at + 1}`), signatureBlob(signature), { mode: 0o644, isFolderSynced: false })
  }
  for (let number = signatures.length + 1; existsSync(join(folder, `signature-${number}`)); number++) {
    removeFile(join(folder, `signature-${number}`))
  }
  syncFolder(folder)
}

/** Beside those that are there. @throws unsupported `lookaside-read-only` */
export function addToLookaside(base: URL, image: LookasideImage, signature: ImageSignature): void {
  const url = folderOf(base, image)
  if (url.protocol !== 'file:') throw readOnly(url)
  const folder = fileURLToPath(url)
  makeLastingFolders(folder, 0o755)
  const temporary = join(folder, `${randomHex(6)}.tmp`)
  writeNewFile(temporary, signatureBlob(signature), { mode: 0o644 })
  try {
    for (let number = 1; !isLinked(temporary, join(folder, `signature-${number}`)); number++);
  } finally {
    removeFile(temporary)
  }
  syncFolder(folder)
}

/** False where the name is taken. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Neither the path of a reference nor a digest can lead out: both are checked by their grammar. */
function folderOf(base: URL, { reference, digest }: LookasideImage): URL {
  if (!['file:', 'http:', 'https:'].includes(base.protocol)) {
    throw invalid('lookaside-malformed', `lookaside '${base.href}': neither file:// nor http:// nor https://`)
  }
  const url = new URL(base)
  const name = `${digestAlgorithm(digest)}=${digestHex(digest)}`
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/${reference.path}@${name}`
  return url
}

function readLocal(folder: URL, number: number): Uint8Array | undefined {
  using files = openFolderFiles(fileURLToPath(folder))
  const name = `signature-${number}`
  return files.has(name) ? files.readSmall(name, signatureLimits.maxBytes) : undefined
}

async function fetchOne(url: URL, { signal, tls }: WebAccess): Promise<Uint8Array | undefined> {
  const { download } = await import('./download.ts')
  try {
    return await readCapped(download(url, signal, tls(url.host)), signatureLimits.maxBytes)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'download-missing') return undefined
    throw error
  }
}

function tooMany(folder: URL): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'signatures-too-many',
    message: `${folder.href} holds more than ${signatureLimits.maxCount} signatures`,
  })
}

function readOnly(url: URL): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'lookaside-read-only',
    message: `signatures cannot be written to ${url.href}`,
    hint: 'Configure a lookaside-staging: of the form file:///PATH in registries.d.',
  })
}
