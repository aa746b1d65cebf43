// manifest-digest: what a manifest in a file is called.

import { readFileSync } from 'node:fs'
import { digestOf } from '../../../base/digest.ts'
import { errnoOf, invalid } from '../../../base/errors.ts'
import { parseManifest } from '../../../image/manifest.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'manifest-file', complete: 'file' }],
  examples: ['gantry manifest-digest manifest.json'],
  run: async (_open, { args: [path = ''] }) => {
    const bytes = read(path)
    parseManifest(bytes)
    printLine(digestOf(bytes))
    return 0
  },
})

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    throw invalid('file-missing', `reading manifest from ${path}: no such file or directory`)
  }
}
