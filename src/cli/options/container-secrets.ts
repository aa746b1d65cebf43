// --secret → SecretFacet.

import { parseSecrets, type SecretFacet } from '../../spec/secrets.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const secretOptions = defineOptions({
  secret: {
    type: 'strings',
    value: 'secret[,option=value…]',
    describe: 'Give it a secret, as a file (type=mount: target, uid, gid, mode) or as a variable (type=env: target)',
    complete: 'secret',
  },
})

/** @throws invalid `secret-malformed` */
export function secretFacet({ options }: Invocation<typeof secretOptions>): SecretFacet {
  return parseSecrets(options.secret)
}
