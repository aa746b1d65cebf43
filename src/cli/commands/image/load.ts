// load: every image of an archive or folder into the store.

import { invalid } from '../../../base/errors.ts'
import type { LoadInput } from '../../../engine/image/load.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { defineCommand } from '../../command.ts'
import { beQuietIf, quietOption } from '../../options/quiet.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    input: {
      type: 'string',
      short: 'i',
      describe: 'Read from specified archive file (default: stdin)',
      complete: 'file',
    },
    quiet: quietOption('Suppress the output'),
    'signature-policy': {
      type: 'string',
      describe: 'Pathname of signature policy file',
      isHidden: true,
      complete: 'file',
    },
  },
  positionals: [],
  description: 'Loads images from a docker-archive, an oci-archive, an OCI layout or a dir: folder.',
  examples: ['gantry load -i image.tar', 'gantry load < image.tar', 'gantry load -i https://example.com/image.tar'],
  async run(open, { options }) {
    const input = toInput(options.input)
    beQuietIf(options.quiet)
    const engine = await open()
    const { load } = await import('../../../engine/image/load.ts')
    const policyPath = options['signature-policy']
    const loaded = await load(engine, input, policyPath === undefined ? {} : { policyPath })
    const names = loaded.flatMap(({ record, names }) => (names.length === 0 ? [`sha256:${record.id}`] : names))
    for (const name of names) printLine(`Loaded image: ${name}`)
    return 0
  },
})

function toInput(input: string | undefined): LoadInput {
  if (input !== undefined && input !== '') {
    return /^https?:\/\//.test(input) ? { kind: 'url', url: new URL(input) } : { kind: 'path', path: input }
  }
  if (!isTerminal(0)) return { kind: 'stream', stream: process.stdin }
  throw invalid('stdin-is-terminal', 'cannot read from terminal, use command-line redirection or the --input flag')
}
