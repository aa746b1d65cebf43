// delete: an image out of a registry, as skopeo does it.

import { defineCommand } from '../../command.ts'
import { repositoryOptions, toRepositoryAccess } from '../../options/repository-access.ts'

export default defineCommand({
  options: repositoryOptions,
  positionals: [{ name: 'reference', complete: 'none' }],
  description: 'Every tag of that image goes with it. The registry gives the space back when it collects its garbage.',
  examples: ['gantry delete docker://registry.example.org/team/app:1'],
  async run(open, invocation) {
    const access = toRepositoryAccess(invocation)
    const engine = await open()
    const { deleteRemote } = await import('../../../engine/image/delete-remote.ts')
    await deleteRemote(engine, invocation.args[0] ?? '', access)
    return 0
  },
})
