// export: a container's root file system as a tar, into a file or to standard output.

import { writeSync } from 'node:fs'
import { invalid } from '../../../base/errors.ts'
import { isTerminal } from '../../../os/terminal.ts'
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
  positionals: [{ name: 'container', complete: 'container' }],
  description: 'What is mounted in the container, its volumes too, is left out.',
  examples: ['gantry export web > web.tar', 'gantry export --output=web.tar web'],
  async run(open, { options: { output = '' }, args: [name = ''] }) {
    if (output === '' && isTerminal(1)) {
      throw invalid('stdout-is-terminal', 'refusing to export to terminal. Use -o flag or redirect')
    }
    if (output.includes(':')) {
      throw invalid('file-name-invalid', `invalid filename (should not contain ':') ${JSON.stringify(output)}`)
    }
    const [engine, { exportContainer }, { selectContainer }] = await Promise.all([
      open(),
      import('../../../engine/container/export.ts'),
      import('../../../engine/container/select.ts'),
    ])
    const container = selectContainer(engine, name.replace(/^\//, ''))
    await write(exportContainer(engine, container), output)
    return 0
  },
})

async function write(archive: AsyncIterable<Uint8Array>, output: string): Promise<void> {
  if (output === '') {
    for await (const chunk of archive) print(chunk)
    return
  }
  const { openOutputFile } = await import('../../../transport/output-file.ts')
  using file = await openOutputFile(output, 0o644)
  for await (const chunk of archive) writeWhole(file.fd, chunk)
  await file.publish()
}

function writeWhole(fd: number, chunk: Uint8Array): void {
  let done = 0
  while (done < chunk.length) done += writeSync(fd, chunk, done)
}
