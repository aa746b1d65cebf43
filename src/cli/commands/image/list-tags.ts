// list-tags: the tags of a repository, or the names in a docker-archive, as skopeo prints them.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { repositoryOptions, toRepositoryAccess } from '../../options/repository-access.ts'
import { openAsAsked } from '../../options/skopeo-program.ts'
import { printJson } from '../../render/print.ts'

export default defineCommand({
  options: repositoryOptions,
  positionals: [{ name: 'repository', complete: 'none' }],
  description: 'Lists the tags of docker://REPOSITORY, or the names of the images in docker-archive:PATH.',
  examples: ['gantry list-tags docker://docker.io/library/busybox', 'gantry list-tags docker-archive:/tmp/images.tar'],
  async run(open, invocation) {
    const [text = ''] = invocation.args
    const [, archive] = /^docker-archive:(.+)$/s.exec(text) ?? []
    if (archive !== undefined) {
      const { listArchiveTags } = await import('../../../engine/image/list-archive-tags.ts')
      printJson({ Tags: await listArchiveTags(await open(), archive) })
      return 0
    }
    if (!text.startsWith('docker://')) {
      throw invalid(
        'transport-malformed',
        `'${text.slice(0, 300)}' is no repository: docker://REGISTRY/NAME or docker-archive:PATH`,
      )
    }
    const access = toRepositoryAccess(invocation)
    const engine = await openAsAsked(open, invocation)()
    const { listRepository } = await import('../../../engine/image/search.ts')
    const { name, tags } = await listRepository(engine, text, access)
    printJson({ Repository: name, Tags: tags })
    return 0
  },
})
