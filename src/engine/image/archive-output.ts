// Where archives and folders of images are written: they appear under their name only when they are whole.

import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { randomHex } from '../../base/random.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { type ArchiveSink, folderSink, tarSink } from '../../transport/archive-sink.ts'

export type ArchiveOutput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Writable }

type Fill = (sink: ArchiveSink) => Promise<void>

/** @throws conflict `save-target-exists`; what `fill` throws: nothing is left behind then */
export async function writeOutput(output: ArchiveOutput, isFolder: boolean, fill: Fill): Promise<void> {
  if (output.kind === 'stream') {
    if (isFolder) throw invalid('save-format', 'the format is a folder: use --output')
    return fill(tarSink(output.stream))
  }
  const temporary = `${output.path}.${randomHex(6)}.tmp`
  if (isFolder) await writeFolder(output.path, temporary, fill)
  else await writeFile(output.path, temporary, fill)
}

async function writeFolder(path: string, temporary: string, fill: Fill): Promise<void> {
  const isReplaced = isImageFolder(path)
  if (!isReplaced && existsSync(path) && readdirSync(path).length > 0) {
    throw new EngineError({
      kind: 'conflict',
      code: 'save-target-exists',
      message: `'${path}' exists and is not empty`,
      hint: 'Name a folder that does not exist.',
    })
  }
  try {
    mkdirSync(temporary)
    await fill(folderSink(temporary))
    if (isReplaced) renameSync(path, `${temporary}.old`)
    renameSync(temporary, path)
    removeTree(`${temporary}.old`)
  } catch (error) {
    removeTree(temporary)
    throw error
  }
}

/** A `dir:` that somebody wrote before, and nothing but that: it holds one image, which the new one replaces. */
function isImageFolder(path: string): boolean {
  const names = absentAsUndefined(() => readdirSync(path)) ?? []
  return ['version', 'manifest.json'].every((name) => names.includes(name)) && names.every(isOfImage)
}

/** skopeo's names in a `dir:`. */
function isOfImage(name: string): boolean {
  return /^(version|manifest\.json|[0-9a-f]{64,128}(\.manifest\.json)?|([0-9a-f]{64,128}\.)?signature-\d+)$/.test(name)
}

async function writeFile(path: string, temporary: string, fill: Fill): Promise<void> {
  const out = createWriteStream(isDevice(path) ? path : temporary, { flags: isDevice(path) ? 'w' : 'wx' })
  try {
    await once(out, 'open')
    await fill(tarSink(out))
    out.end()
    await once(out, 'close')
    if (!isDevice(path)) renameSync(temporary, path)
  } catch (error) {
    out.destroy()
    if (!isDevice(path)) removeFile(temporary)
    throw error
  }
}

/** `-o /dev/stdout`: nothing to rename there. */
function isDevice(path: string): boolean {
  return path.startsWith('/dev/') || path.startsWith('/proc/')
}
