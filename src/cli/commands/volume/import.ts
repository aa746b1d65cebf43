// volume import: a tar's members into a volume.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [
    { name: 'volume', complete: 'volume' },
    { name: 'source', complete: 'file' },
  ],
  description:
    'Reads a tar, a tar.gz or a tar.zst from a path or (-) from standard input, and lays it over what the volume holds.',
  examples: ['gantry volume import data data.tar', 'cat data.tar | gantry volume import data -'],
  async run(open, { args: [name, source] }) {
    const [engine, { importVolume }] = await Promise.all([open(), import('../../../engine/volume/import.ts')])
    const input =
      source === '-'
        ? ({ kind: 'stream', stream: process.stdin } as const)
        : ({ kind: 'path', path: source as string } as const)
    await importVolume(engine, name as string, input)
    return 0
  },
})
