// image diff: what an image's last layer changed, or what one image has otherwise than another.

import { defineCommand } from '../../command.ts'
import { checkDiffFormat, diffFormatOption, diffSigns, showDiff } from '../../diff-objects.ts'

export default defineCommand({
  options: { format: diffFormatOption },
  positionals: [
    { name: 'image', complete: 'image' },
    { name: 'other', isOptional: true, complete: 'image' },
  ],
  description: `${diffSigns} The image is compared with what is below its last layer, or with the other one that is named.`,
  examples: ['gantry image diff web', 'gantry image diff --format json web:2 web:1'],
  async run(open, { options: { format }, args }) {
    checkDiffFormat(format)
    await showDiff(await open(), { names: args, kind: 'image', format })
    return 0
  },
})
