// import: a tar of a file system becomes an image.

import { invalid } from '../../../base/errors.ts'
import type { ImportInput } from '../../../engine/image/import.ts'
import { defineCommand } from '../../command.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { printLine } from '../../render/print.ts'

const instructions = 'CMD | ENTRYPOINT | ENV | EXPOSE | LABEL | ONBUILD | STOPSIGNAL | USER | VOLUME | WORKDIR'

export default defineCommand({
  options: {
    arch: { type: 'string', describe: 'Set the architecture of the imported image', complete: 'none' },
    change: {
      type: 'strings',
      short: 'c',
      value: 'stringArray',
      describe: `Apply the following possible instructions to the created image: ${instructions}`,
      complete: 'none',
    },
    message: { type: 'string', short: 'm', describe: 'Set commit message for imported image', complete: 'none' },
    os: { type: 'string', describe: 'Set the OS of the imported image', complete: 'none' },
    quiet: quietOption('Suppress output'),
    'signature-policy': {
      type: 'string',
      describe: 'Path to a signature-policy file',
      isHidden: true,
      complete: 'file',
    },
    variant: { type: 'string', describe: 'Set the variant of the imported image', complete: 'none' },
  },
  positionals: [
    { name: 'path', complete: 'file' },
    { name: 'reference', isOptional: true, complete: 'image' },
  ],
  description: 'Reads a tar, a tar.gz or a tar.zst from a path, from a URL, or (-) from standard input.',
  examples: [
    'gantry import rootfs.tar.gz my-image',
    'cat ctr.tar | gantry import --message "importing the ctr.tar tarball" - image-imported',
    'gantry import --change \'CMD ["/bin/sh"]\' https://example.com/ctr.tar url-image',
  ],
  async run(open, { options, args }) {
    const [path = '', name] = args
    const input = toInput(path)
    beQuietIf(options.quiet)
    const engine = await open()
    const { importTarball } = await import('../../../engine/image/import.ts')
    const policyPath = options['signature-policy']
    const record = await importTarball(engine, input, {
      changes: options.change,
      message: options.message ?? '',
      ...(name === undefined || name === '' ? {} : { name }),
      ...(options.os === undefined ? {} : { os: options.os }),
      ...(options.arch === undefined ? {} : { architecture: options.arch }),
      ...(options.variant === undefined ? {} : { variant: options.variant }),
      ...(policyPath === undefined ? {} : { policyPath }),
    })
    printLine(`sha256:${record.id}`)
    return 0
  },
})

function toInput(path: string): ImportInput {
  if (path === '-') return { kind: 'stream', stream: process.stdin }
  if (/^https?:\/\//.test(path)) return { kind: 'url', url: new URL(path) }
  if (!path.includes(':')) return { kind: 'path', path }
  throw invalid('file-name-invalid', `invalid filename (should not contain ':') ${JSON.stringify(path)}`)
}
