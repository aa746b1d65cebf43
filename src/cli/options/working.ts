// Flags that several of buildah's verbs have.

import type { OptionSpec } from '../command.ts'

export const historyOption = {
  type: 'boolean',
  describe: 'Tell of it in the history of the image',
} as const satisfies OptionSpec
