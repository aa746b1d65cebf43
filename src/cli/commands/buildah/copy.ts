// buildah copy.

import { defineCommand } from '../../command.ts'
import { copyWords, runCopy, workingCopyOptions } from '../../options/working-copy.ts'

export default defineCommand({
  options: workingCopyOptions,
  positionals: copyWords,
  description: 'Without a target the files go to the working folder that the image is configured with.',
  examples: ['gantry buildah copy web ./site /var/www/', 'gantry buildah copy --from builder web /out/app /app'],
  run: async (open, invocation) => runCopy(open, invocation, 'copy'),
})
