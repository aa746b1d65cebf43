// list-tags: the tags of a repository, as skopeo prints them.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { repositoryOptions, toRepositoryAccess } from '../../options/repository-access.ts'
import { printJson } from '../../render/print.ts'

export default defineCommand({
  options: repositoryOptions,
  positionals: [{ name: 'repository', complete: 'none' }],
  examples: ['gantry list-tags docker://docker.io/library/busybox'],
  async run(open, invocation) {
    const [text = ''] = invocation.args
    if (!text.startsWith('docker://')) {
      throw invalid('transport-malformed', `'${text.slice(0, 300)}' is no repository: docker://REGISTRY/NAME`)
    }
    const access = toRepositoryAccess(invocation)
    const engine = await open()
    const { listRepository } = await import('../../../engine/image/search.ts')
    const { name, tags } = await listRepository(engine, text, access)
    printJson({ Repository: name, Tags: tags })
    return 0
  },
})
