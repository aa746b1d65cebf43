// Images of the store into an archive or a folder.

import { invalid } from '../../base/errors.ts'
import type { ArchiveSink } from '../../transport/archive-sink.ts'
import { type SavedImage, writeDirectory, writeDockerArchive, writeOciLayout } from '../../transport/write-archive.ts'
import type { Engine } from '../engine.ts'
import { type ArchiveOutput, writeOutput } from './archive-output.ts'
import { pinImages } from './pin-images.ts'
import { resolveImage } from './resolve.ts'
import { targetName } from './tag.ts'

export const saveFormats = ['docker-archive', 'docker-dir', 'oci-archive', 'oci-dir'] as const
export type SaveFormat = (typeof saveFormats)[number]

export interface SaveOptions {
  readonly format: SaveFormat
  readonly output: ArchiveOutput
  /** OCI: layers as plain tar. */
  readonly areLayersPlain: boolean
  /** docker-dir: layers gzipped. */
  readonly areLayersCompressed: boolean
}

export interface SaveRequest {
  readonly image: string
  /** Further tags to write, none of which need exist. */
  readonly extraNames: readonly string[]
}

/**
 * Writes the images; a file or folder appears under its name only when it is whole. Several images want docker-archive.
 * @throws not-found `image-unknown`; invalid; conflict `save-target-exists`; corrupt `blob-missing`, `blob-damaged`
 */
export async function save(engine: Engine, requests: readonly SaveRequest[], options: SaveOptions): Promise<void> {
  if (requests.length > 1 && options.format !== 'docker-archive') {
    throw invalid(
      'save-format',
      `multi-image archives are only supported with the docker-archive format, not '${options.format}'`,
    )
  }
  const images = await collect(engine, requests)
  using _pin = await pinImages(
    engine,
    images.map(({ record }) => record),
  )
  await writeOutput(options.output, options.format.endsWith('-dir'), async (sink) =>
    write(engine, images, { sink: telling(engine, sink), options }),
  )
  for (const { record } of images) {
    engine.events.append({ type: 'image', status: 'save', id: record.id, name: nameOfOutput(options.output) })
  }
}

/** The same image named twice gets one entry with both names. */
async function collect(engine: Engine, requests: readonly SaveRequest[]): Promise<SavedImage[]> {
  const images = new Map<string, { record: SavedImage['record']; names: string[] }>()
  for (const { image, extraNames } of requests) {
    const { record, name } = await resolveImage(engine, image)
    const entry = images.get(record.id) ?? { record, names: [] }
    const names = [
      ...(name === undefined || name.includes('@') ? [] : [name]),
      ...extraNames.map((extra) => targetName(extra)),
    ]
    entry.names.push(...names.filter((one) => !entry.names.includes(one)))
    images.set(record.id, entry)
  }
  return [...images.values()]
}

async function write(
  engine: Engine,
  images: readonly SavedImage[],
  to: { sink: ArchiveSink; options: SaveOptions },
): Promise<void> {
  const [first] = images
  if (first === undefined) throw invalid('save-nothing', 'no image was named')
  switch (to.options.format) {
    case 'docker-archive':
      return writeDockerArchive(engine.at, images, to.sink)
    case 'docker-dir':
      return writeDirectory(engine.at, first, {
        sink: to.sink,
        isCompressed: to.options.areLayersCompressed,
        signal: engine.signal,
      })
    case 'oci-archive':
    case 'oci-dir':
      return writeOciLayout(engine.at, first, { sink: to.sink, isPlain: to.options.areLayersPlain })
  }
}

/** One plain line per file that goes out, as copies from elsewhere have them. */
function telling(engine: Engine, sink: ArchiveSink): ArchiveSink {
  const tell = (name: string) => engine.report({ type: 'step', message: `Writing ${name}` })
  const { addMeasured } = sink
  const measured: ArchiveSink['addMeasured'] = async (file) => {
    tell(file.name)
    await addMeasured?.(file)
  }
  return {
    add: async (file) => {
      tell(file.name)
      await sink.add(file)
    },
    ...(addMeasured === undefined ? {} : { addMeasured: measured }),
    addFolder: async (name) => sink.addFolder(name),
    addLink: async (name, target) => sink.addLink(name, target),
    finish: async () => sink.finish(),
  }
}

function nameOfOutput(output: ArchiveOutput): string {
  return output.kind === 'path' ? output.path : 'stdout'
}
