// buildah add: as copy, but archives are unpacked, and URLs fetched.

import { defineCommand } from '../../command.ts'
import { copyWords, runCopy, workingAddOptions } from '../../options/working-copy.ts'

export default defineCommand({
  options: workingAddOptions,
  positionals: copyWords,
  description: 'Archives are unpacked; a URL is fetched, and a fetched archive stays one.',
  examples: ['gantry buildah add web site.tar.gz /var/www/', 'gantry buildah add web https://example.com/file /file'],
  run: async (open, invocation) => runCopy(open, invocation, 'add'),
})
