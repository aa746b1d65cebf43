// The flags of what talks to two registries, as skopeo has them: --src-… and --dest-… before the same for both.

import { invalid } from '../../base/errors.ts'
import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { parseCredentials } from '../../transport/registry/credentials.ts'
import { defaultRetry } from '../../transport/registry/retry.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { checkAuthFile } from './registry-access.ts'

const authFile = (whose: string) =>
  ({ type: 'string', describe: `Path of the authentication file${whose}`, complete: 'file' }) as const
const certificates = (whose: string) =>
  ({ type: 'string', describe: `Folder of certificates and keys${whose}`, complete: 'folder' }) as const
const credentials = (whose: string) =>
  ({ type: 'string', value: 'USERNAME:PASSWORD', describe: `Credentials${whose}`, complete: 'none' }) as const
const verified = (whose: string) =>
  ({ type: 'boolean', describe: `Require HTTPS and verify certificates${whose}`, default: true }) as const

const [source, destination] = [' of the source', ' of the destination']

export const twoRegistriesOptions = defineOptions({
  authfile: authFile(''),
  'dest-authfile': authFile(destination),
  'dest-cert-dir': certificates(destination),
  'dest-creds': credentials(destination),
  'dest-tls-verify': verified(destination),
  'retry-times': {
    type: 'number',
    value: 'int',
    describe: 'Number of times to retry in case of failure',
    default: defaultRetry.retries,
  },
  'src-authfile': authFile(source),
  'src-cert-dir': certificates(source),
  'src-creds': credentials(source),
  'src-tls-verify': verified(source),
})

type Given = Pick<Invocation<typeof twoRegistriesOptions>, 'options' | 'given'>

/** @throws invalid; not-found `auth-file-missing` */
export function toSideAccess({ options, given }: Given, side: 'src' | 'dest'): RegistryAccess {
  const own = options[`${side}-authfile`] ?? options.authfile
  checkAuthFile(own)
  const folder = options[`${side}-cert-dir`]
  const creds = options[`${side}-creds`]
  const retries = options['retry-times']
  if (!Number.isInteger(retries) || retries < 0)
    throw invalid('flag-invalid', `--retry-times ${retries}: it counts retries`)
  return {
    ...(given.has('retry-times') ? { retry: { retries } } : {}),
    ...(own === undefined ? {} : { authFile: own }),
    ...(folder === undefined ? {} : { certificateFolder: folder }),
    ...(creds === undefined || creds === '' ? {} : { credentials: parseCredentials(creds) }),
    ...(given.has(`${side}-tls-verify`) ? { isTlsVerified: options[`${side}-tls-verify`] } : {}),
  }
}
