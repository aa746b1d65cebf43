// buildx version: ours, in podman's words. The engine that builds is part of this program.

import { defineCommand } from '../../command.ts'
import { gantryVersion } from '../../product.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [],
  examples: ['gantry buildx version'],
  run: async () => {
    printLine(`buildah ${gantryVersion()}`)
    return 0
  },
})
