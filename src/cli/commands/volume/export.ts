// volume export: a volume's content as a tar, into a file or to standard output.

import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid } from '../../../base/errors.ts'
import { lastingWriter } from '../../../os/descriptor-writer.ts'
import { isTerminal } from '../../../os/terminal.ts'
import { openOutputFile } from '../../../transport/output-file.ts'
import { defineCommand } from '../../command.ts'
import { print } from '../../render/print.ts'

export default defineCommand({
  options: {
    output: {
      type: 'string',
      short: 'o',
      describe: 'Write to a specified file (default: stdout, which must be redirected)',
      complete: 'file',
    },
  },
  positionals: [{ name: 'volume', complete: 'volume' }],
  examples: ['gantry volume export data --output data.tar', 'gantry volume export data | zstd > data.tar.zst'],
  async run(open, { options: { output }, args: [name] }) {
    if (output === '') throw invalid('arguments-invalid', 'expects output path, use --output=[path]')
    const isStandard = output === undefined || output === '/dev/stdout'
    if (isStandard && isTerminal(1)) {
      throw invalid('stdout-is-terminal', 'refusing to export to terminal. Use -o flag or redirect')
    }
    const [engine, { exportVolume }] = await Promise.all([open(), import('../../../engine/volume/export.ts')])
    const archive = await exportVolume(engine, name as string)
    if (!isStandard) await write(archive, output)
    else for await (const chunk of archive as AsyncIterable<Uint8Array>) print(chunk)
    return 0
  },
})

async function write(archive: Readable, output: string): Promise<void> {
  using file = await openOutputFile(output, 0o600)
  await pipeline(archive, lastingWriter(file.fd))
  await file.publish()
}
