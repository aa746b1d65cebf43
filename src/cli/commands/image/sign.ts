// image sign: a simple signature of an image that is in a registry already.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { checkAuthFile, registryOptions } from '../../options/registry-access.ts'

const { authfile, 'cert-dir': certDir } = registryOptions

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Sign all the manifests of the multi-architecture image' },
    authfile,
    'cert-dir': certDir,
    directory: {
      type: 'string',
      short: 'd',
      describe: 'Define an alternate directory to store signatures',
      complete: 'folder',
    },
    'sign-by': { type: 'string', describe: 'Name of the signing key', complete: 'none' },
  },
  positionals: [{ name: 'image', isVariadic: true, complete: 'image' }],
  description: 'Create a signature file that can be used later to verify the image.',
  examples: [
    'gantry image sign --sign-by me@example.org docker://quay.io/me/app:1',
    'gantry image sign --sign-by me@example.org --directory ./signatures docker://quay.io/me/app:1',
    'gantry image sign --sign-by me@example.org --directory ./signatures containers-storage:quay.io/me/app:1',
  ],
  async run(open, { options, args }) {
    const { 'sign-by': key, directory: folder, authfile: authFile, 'cert-dir': certificateFolder } = options
    checkAuthFile(authFile)
    if (key === undefined || key === '') throw invalid('flag-missing', 'no identity provided', 'Say: --sign-by KEY')
    const engine = await open()
    const { sign } = await import('../../../engine/image/sign.ts')
    await sign(engine, args, {
      key,
      areEntriesSigned: options.all,
      ...(folder === undefined || folder === '' ? {} : { folder }),
      ...(authFile === undefined ? {} : { authFile }),
      ...(certificateFolder === undefined ? {} : { certificateFolder }),
    })
    return 0
  },
})
