// Which file of credentials login and logout change.

import type { AuthFileChoice } from '../../engine/registry/credential-place.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const authFileOptions = defineOptions({
  authfile: {
    type: 'string',
    describe: 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override',
    complete: 'file',
  },
  'compat-auth-file': {
    type: 'string',
    describe: 'Path of a Docker-compatible config file to update instead',
    complete: 'file',
  },
})

export function toAuthFileChoice({ options }: Pick<Invocation<typeof authFileOptions>, 'options'>): AuthFileChoice {
  const { authfile, 'compat-auth-file': compatFile } = options
  return {
    ...(authfile === undefined || authfile === '' ? {} : { authFile: authfile }),
    ...(compatFile === undefined || compatFile === '' ? {} : { compatFile }),
  }
}
