// list-tags: the tags of a repository, as skopeo prints them.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printJson } from '../../render/print.ts'

const { authfile, 'cert-dir': certDir, creds, retry, 'tls-verify': tlsVerify } = registryOptions

export default defineCommand({
  options: { authfile, 'cert-dir': certDir, creds, 'retry-times': retry, 'tls-verify': tlsVerify },
  positionals: [{ name: 'repository', complete: 'none' }],
  examples: ['gantry list-tags docker://docker.io/library/busybox'],
  async run(open, invocation) {
    const { options, args } = invocation
    const [text = ''] = args
    if (!text.startsWith('docker://')) {
      throw invalid('transport-malformed', `'${text.slice(0, 300)}' is no repository: docker://REGISTRY/NAME`)
    }
    const absent = { retry: options['retry-times'], 'retry-delay': undefined, 'signature-policy': undefined }
    const access = toRegistryAccess({ ...invocation, options: { ...options, ...absent } })
    const engine = await open()
    const { listRepository } = await import('../../../engine/image/search.ts')
    const { name, tags } = await listRepository(engine, text, access)
    printJson({ Repository: name, Tags: tags })
    return 0
  },
})
