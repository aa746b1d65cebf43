// commit: an image of what a container is now.

import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { absentAsUndefined, EngineError, errorReason, invalid } from '../../../base/errors.ts'
import type { ImageFormat } from '../../../engine/container/commit-config.ts'
import type { ChangedConfig } from '../../../image/config-changes.ts'
import { writeResult } from '../../../os/atomic-file.ts'
import { defineCommand } from '../../command.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { printLine } from '../../render/print.ts'

const instructions = 'CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR'

export default defineCommand({
  options: {
    author: { type: 'string', short: 'a', describe: 'Set the author for the image committed', complete: 'none' },
    change: {
      type: 'strings',
      short: 'c',
      value: 'stringArray',
      describe: `Apply the following possible instructions to the created image: ${instructions}`,
      complete: 'none',
    },
    config: {
      type: 'string',
      value: 'file',
      describe: 'file containing a container configuration to merge into the image',
      complete: 'file',
    },
    format: {
      type: 'string',
      short: 'f',
      value: 'Format',
      describe: 'Format of the image manifest and metadata: oci or docker',
      default: 'oci',
      complete: 'none',
    },
    iidfile: { type: 'string', value: 'file', describe: 'file to write the image ID to', complete: 'file' },
    'include-volumes': { type: 'boolean', describe: 'Include container volumes as image volumes' },
    message: { type: 'string', short: 'm', describe: 'Set commit message for imported image', complete: 'none' },
    pause: { type: 'boolean', short: 'p', describe: 'Pause container during commit' },
    quiet: quietOption('Suppress output'),
    squash: { type: 'boolean', short: 's', describe: 'Squash all layers into a single new layer' },
  },
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'image', isOptional: true, complete: 'image' },
  ],
  description: 'What is mounted in the container, its volumes and secrets too, is no part of the image.',
  examples: [
    'gantry commit web image-committed',
    'gantry commit -q --author "firstName lastName" --change CMD=/bin/sh web image-committed',
    'gantry commit -q --pause web',
  ],
  async run(open, { options, args: [name = '', image = ''] }) {
    const { iidfile = '' } = options
    const format = toFormat(options)
    if (iidfile !== '') checkFolder(iidfile)
    const changes = await readChanges(options.config ?? '', options.change)
    beQuietIf(options.quiet)
    const [engine, { commit }, { selectContainer }] = await Promise.all([
      open(),
      import('../../../engine/container/commit.ts'),
      import('../../../engine/container/select.ts'),
    ])
    const { id } = await commit(engine, {
      container: selectContainer(engine, name.replace(/^\//, '')),
      ...(image === '' ? {} : { name: image }),
      changes,
      author: options.author ?? '',
      message: options.message ?? '',
      format,
      includesVolumes: options['include-volumes'],
      isPaused: options.pause,
      isSquashed: options.squash,
    })
    if (iidfile !== '') writeResult(iidfile, id)
    printLine(id)
    return 0
  },
})

/** OCI's images have no place for a message. @throws invalid */
function toFormat({ format, message = '' }: { format: string; message?: string | undefined }): ImageFormat {
  if (format !== 'oci' && format !== 'docker') {
    throw invalid('format-invalid', `unrecognized image format ${JSON.stringify(format)}: it is oci or docker`)
  }
  if (format === 'docker' || message === '') return format
  throw invalid('flags-conflict', 'messages are only compatible with the docker image format (-f docker)')
}

async function readChanges(file: string, texts: readonly string[]): Promise<ChangedConfig[]> {
  const { configFromChanges } = await import('../../../image/config-changes.ts')
  const changes = configFromChanges(texts)
  if (file === '') return [changes]
  const { configFromFile } = await import('../../../engine/container/commit-config.ts')
  return [configFromFile(file, readText(file)), changes]
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid('config-unreadable', `--config: cannot read '${path}': ${errorReason(error)}`)
  }
}

/** Before anything is made. */
function checkFolder(path: string): void {
  const folder = dirname(resolve(path))
  if (absentAsUndefined(() => statSync(folder))?.isDirectory() === true) return
  throw new EngineError({
    kind: 'invalid',
    code: 'iidfile-unwritable',
    message: `--iidfile: '${folder}' is not a folder that exists`,
  })
}
