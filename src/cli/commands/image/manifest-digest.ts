// manifest-digest: what a manifest in a file is called.

import { digestOf } from '../../../base/digest.ts'
import { parseManifest } from '../../../image/manifest.ts'
import { defineCommand } from '../../command.ts'
import { readLocalFile } from '../../options/local-file.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'manifest-file', complete: 'file' }],
  examples: ['gantry manifest-digest manifest.json'],
  run: async (_open, { args: [path = ''] }) => {
    const bytes = readLocalFile(path, 'manifest')
    parseManifest(bytes)
    printLine(digestOf(bytes))
    return 0
  },
})
