// save: images into an archive, a folder or standard output.

import { invalid } from '../../../base/errors.ts'
import type { ArchiveOutput } from '../../../engine/image/archive-output.ts'
import type { SaveRequest } from '../../../engine/image/save.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { defineCommand } from '../../command.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { outputStream } from '../../render/output-stream.ts'

const formats = ['oci-archive', 'oci-dir', 'docker-dir', 'docker-archive'] as const

export default defineCommand({
  options: {
    compress: {
      type: 'boolean',
      describe: "Compress layers when saving to a directory using the 'docker-dir' format",
    },
    format: {
      type: 'string',
      describe: `Save image to ${formats.join(', ')}`,
      default: 'docker-archive',
      complete: 'none',
    },
    'multi-image-archive': {
      type: 'boolean',
      short: 'm',
      describe:
        'Interpret additional arguments as images not tags and create a multi-image-archive (only for docker-archive)',
    },
    output: {
      type: 'string',
      short: 'o',
      describe: 'Write to a specified file (default: stdout, which must be redirected)',
      complete: 'file',
    },
    quiet: quietOption('Suppress the output'),
    'signature-policy': {
      type: 'string',
      describe: 'Accepted for compatibility: what leaves the store is judged by nobody',
      isHidden: true,
      complete: 'file',
    },
    uncompressed: { type: 'boolean', describe: 'Accept uncompressed layers when copying OCI images' },
  },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
  examples: [
    'gantry save --quiet -o myimage.tar imageID',
    'gantry save --format oci-dir -o debian-layout debian',
    'gantry save busybox | gzip > busybox.tar.gz',
  ],
  async run(open, { options, args, given }) {
    if (args.length === 0) throw invalid('arguments-invalid', 'need at least 1 argument')
    const format = formats.find((known) => known === options.format)
    if (format === undefined) throw invalid('save-format', `format value must be one of ${formats.join(' ')}`)
    if (given.has('compress') && format !== 'docker-dir') {
      throw invalid('save-format', "--compress can only be set when --format is 'docker-dir'")
    }
    const output = toOutput(options.output)
    beQuietIf(options.quiet || output.kind === 'stream')
    const engine = await open()
    const { save } = await import('../../../engine/image/save.ts')
    await save(engine, toRequests(args, options['multi-image-archive']), {
      format,
      output,
      areLayersPlain: options.uncompressed,
      areLayersCompressed: options.compress,
    })
    return 0
  },
})

function toRequests(args: readonly string[], areAllImages: boolean): SaveRequest[] {
  if (areAllImages) return args.map((image) => ({ image, extraNames: [] }))
  return [{ image: args[0] as string, extraNames: args.slice(1) }]
}

function toOutput(path: string | undefined): ArchiveOutput {
  if (path !== undefined && path !== '') {
    if (path.includes(':')) {
      throw invalid('file-name-invalid', `invalid filename (should not contain ':') ${JSON.stringify(path)}`)
    }
    return { kind: 'path', path }
  }
  if (isTerminal(1)) {
    throw invalid('stdout-is-terminal', 'refusing to save to terminal. Use -o flag or redirect')
  }
  return { kind: 'stream', stream: outputStream() }
}
