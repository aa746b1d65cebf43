// Where archives and folders of images are written: they appear under their name only when they are whole.

import { existsSync, fstatSync, readdirSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { lastingWriter } from '../../os/descriptor-writer.ts'
import { type ArchiveSink, folderSink, tarSink } from '../../transport/archive-sink.ts'
import { openOutputFile } from '../../transport/output-file.ts'
import { openWholeFolder } from '../../transport/whole-file.ts'

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
  if (!existsSync(dirname(output.path))) throw folderMissing(output.path)
  if (isFolder) await writeFolder(output.path, fill)
  else await writeFile(output.path, fill)
}

function folderMissing(path: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'folder-missing',
    message: `open ${path}: no such file or directory`,
    hint: 'Make the folder first.',
  })
}

function notAFolder(path: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'save-target-exists',
    message: `open ${path}: not a directory`,
    hint: 'The format is a folder: name one that does not exist.',
  })
}

async function writeFolder(path: string, fill: Fill): Promise<void> {
  if (absentAsUndefined(() => statSync(path))?.isDirectory() === false) throw notAFolder(path)
  if (existsSync(path) && !isImageFolder(path) && readdirSync(path).length > 0) {
    throw new EngineError({
      kind: 'conflict',
      code: 'save-target-exists',
      message: `'${path}' exists and is not empty`,
      hint: 'Name a folder that does not exist.',
    })
  }
  using folder = openWholeFolder(path)
  await fill(folderSink(folder.path))
  await folder.publish()
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

async function writeFile(path: string, fill: Fill): Promise<void> {
  using file = await openOutputFile(path)
  const out = lastingWriter(file.fd)
  const patch = (bytes: Uint8Array, position: number) => writeSync(file.fd, bytes, 0, bytes.length, position)
  await fill(tarSink(out, fstatSync(file.fd).isFile() && !path.startsWith('/dev/') ? patch : undefined))
  out.end()
  await finished(out)
  await file.publish()
}
