// What is done with the images that a build has made: names, lists, files with ids, exports.

import { resolve } from 'node:path'
import { errorReason, invalid } from '../base/errors.ts'
import type { BuiltImage } from '../engine/build/build-request.ts'
import type { Engine } from '../engine/engine.ts'
import { writeResult } from '../os/atomic-file.ts'
import type { BuildOutput } from './options/build-output.ts'
import { beQuietIf } from './options/quiet.ts'
import { outputStream } from './render/output-stream.ts'

export interface BuildResults {
  /** Of each platform. */
  readonly images: readonly BuiltImage[]
  /** Completed. */
  readonly names: readonly string[]
  readonly manifest: string | undefined
}

/** The images in a list: that of --manifest, or where there are several platforms those of the names. Answers the list's id, if there is one. */
export async function listBuilt(
  engine: Engine,
  { images, names, manifest }: BuildResults,
): Promise<string | undefined> {
  const lists = manifest === undefined ? (images.length > 1 ? names : []) : [manifest]
  let id: string | undefined
  for (const name of lists) {
    const { create } = await import('../engine/manifest/create.ts')
    id = await create(engine, {
      name,
      images: images.map((image) => image.id),
      annotations: {},
      isAmended: true,
      areAll: false,
      access: {},
    })
  }
  return id
}

/** docker's keys. @throws invalid `file-unwritable` */
export function writeMetadata(path: string, { images, names }: BuildResults): void {
  const last = images.at(-1)
  if (last === undefined) return
  const metadata = {
    'containerimage.config.digest': `sha256:${last.id}`,
    'containerimage.digest': last.manifestDigest,
    ...(names.length === 0 ? {} : { 'image.name': names.join(',') }),
  }
  writeBuildFile('--metadata-file', path, `${JSON.stringify(metadata, undefined, 2)}\n`)
}

/** @throws invalid `file-unwritable` */
export function writeBuildFile(flag: string, path: string, text: string): void {
  try {
    writeResult(path, text)
  } catch (error) {
    throw invalid('file-unwritable', `${flag}: cannot write '${path}': ${errorReason(error)}`)
  }
}

/** @throws what exporting and saving throw */
export async function exportResult(engine: Engine, image: BuiltImage, output: BuildOutput): Promise<void> {
  switch (output.type) {
    case 'image':
    case 'cacheonly':
      return
    case 'local': {
      const { exportImage } = await import('../engine/build/export-image.ts')
      return exportImage(engine, image.id, { kind: 'folder', path: resolve(output.path) })
    }
    case 'tar':
      return exportTar(engine, image, output.path)
    case 'oci':
    case 'docker': {
      const { save } = await import('../engine/image/save.ts')
      beQuietIf(true)
      await save(engine, [{ image: image.name ?? image.id, extraNames: [] }], {
        format: output.type === 'oci' ? 'oci-archive' : 'docker-archive',
        output:
          output.path === '-'
            ? { kind: 'stream', stream: outputStream() }
            : { kind: 'path', path: resolve(output.path) },
        areLayersPlain: false,
        areLayersCompressed: false,
      })
    }
  }
}

async function exportTar(engine: Engine, image: BuiltImage, path: string): Promise<void> {
  const { exportImage } = await import('../engine/build/export-image.ts')
  if (path === '-') return exportImage(engine, image.id, { kind: 'tar', fd: 1 })
  const { openOutputFile } = await import('../transport/output-file.ts')
  using file = await openOutputFile(resolve(path))
  await exportImage(engine, image.id, { kind: 'tar', fd: file.fd })
  await file.publish()
}
