// The flags of what talks to two registries, as skopeo has them: --src-… and --dest-… before the same for both.

import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { defaultRetry } from '../../transport/registry/retry.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { checkAuthFile, registryOptions, toRetry } from './registry-access.ts'
import { loginOptions, toLogin } from './registry-login.ts'
import { skopeoProgramOptions } from './skopeo-program.ts'

const authFile = (whose: string) =>
  ({ type: 'string', describe: `Path of the authentication file${whose}`, complete: 'file' }) as const
const certificates = (whose: string) =>
  ({ type: 'string', describe: `Folder of certificates and keys${whose}`, complete: 'folder' }) as const
const credentials = (whose: string) =>
  ({ type: 'string', value: 'USERNAME:PASSWORD', describe: `Credentials${whose}`, complete: 'none' }) as const
const verified = (whose: string) =>
  ({ type: 'boolean', describe: `Require HTTPS and verify certificates${whose}`, default: true }) as const

const [source, destination] = [' of the source', ' of the destination']
const [sourceLogin, destinationLogin] = [loginOptions(source), loginOptions(destination)]

export const twoRegistriesOptions = defineOptions({
  ...skopeoProgramOptions,
  authfile: authFile(''),
  'dest-authfile': authFile(destination),
  'dest-cert-dir': certificates(destination),
  'dest-creds': credentials(destination),
  'dest-no-creds': destinationLogin.anonymous,
  'dest-password': destinationLogin.password,
  'dest-registry-token': destinationLogin.token,
  'dest-tls-verify': verified(destination),
  'dest-username': destinationLogin.username,
  'retry-delay': registryOptions['retry-delay'],
  'retry-times': {
    type: 'number',
    value: 'int',
    describe: 'Number of times to retry in case of failure',
    default: defaultRetry.retries,
  },
  'src-authfile': authFile(source),
  'src-cert-dir': certificates(source),
  'src-creds': credentials(source),
  'src-no-creds': sourceLogin.anonymous,
  'src-password': sourceLogin.password,
  'src-registry-token': sourceLogin.token,
  'src-tls-verify': verified(source),
  'src-username': sourceLogin.username,
  'tls-verify': { ...verified(', of both'), isHidden: true },
})

type Given = Pick<Invocation<typeof twoRegistriesOptions>, 'options' | 'given'>

/** @throws invalid; not-found `auth-file-missing` */
export function toSideAccess({ options, given }: Given, side: 'src' | 'dest'): RegistryAccess {
  const own = options[`${side}-authfile`] ?? options.authfile
  checkAuthFile(own)
  const folder = options[`${side}-cert-dir`]
  const login = toLogin({
    creds: options[`${side}-creds`],
    username: options[`${side}-username`],
    password: options[`${side}-password`],
    isAnonymous: options[`${side}-no-creds`],
    token: options[`${side}-registry-token`],
  })
  return {
    ...login,
    retry: toRetry({ options: { ...options, retry: options['retry-times'] }, given }),
    ...(own === undefined ? {} : { authFile: own }),
    ...(folder === undefined ? {} : { certificateFolder: folder }),
    ...tlsOf({ options, given }, `${side}-tls-verify`),
  }
}

/** What is said of one side counts more than what is said of both. */
function tlsOf(
  { options, given }: Given,
  own: 'src-tls-verify' | 'dest-tls-verify',
): Pick<RegistryAccess, 'isTlsVerified'> {
  if (given.has(own)) return { isTlsVerified: options[own] }
  return given.has('tls-verify') ? { isTlsVerified: options['tls-verify'] } : {}
}
