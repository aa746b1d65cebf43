// delete: an image out of a registry, as skopeo does it.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { repositoryOptions, toRepositoryAccess } from '../../options/repository-access.ts'
import { openAsAsked } from '../../options/skopeo-program.ts'

const meaningless = { type: 'string', describe: 'Refused: only registries delete', isHidden: true } as const

export default defineCommand({
  options: { ...repositoryOptions, 'daemon-host': meaningless, 'shared-blob-dir': meaningless },
  positionals: [{ name: 'reference', complete: 'none' }],
  description: 'Every tag of that image goes with it. The registry gives the space back when it collects its garbage.',
  examples: ['gantry delete docker://registry.example.org/team/app:1'],
  async run(open, invocation) {
    for (const name of ['daemon-host', 'shared-blob-dir'])
      if (invocation.given.has(name))
        throw invalid('flags-conflict', `--${name} means nothing for delete: it is for images in registries`)
    const access = toRepositoryAccess(invocation)
    const engine = await openAsAsked(open, invocation)()
    const { deleteRemote } = await import('../../../engine/image/delete-remote.ts')
    await deleteRemote(engine, invocation.args[0] ?? '', access)
    return 0
  },
})
