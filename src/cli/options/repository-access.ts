// The flags of skopeo's commands that talk to one registry.

import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { registryOptions, toRegistryAccess } from './registry-access.ts'
import { loginOptions, toLogin } from './registry-login.ts'
import { skopeoProgramOptions } from './skopeo-program.ts'

const {
  authfile,
  'cert-dir': certDir,
  creds,
  retry,
  'retry-delay': retryDelay,
  'tls-verify': tlsVerify,
} = registryOptions
const login = loginOptions()

export const repositoryOptions = defineOptions({
  ...skopeoProgramOptions,
  authfile,
  'cert-dir': certDir,
  creds,
  'no-creds': login.anonymous,
  password: login.password,
  'registry-token': login.token,
  'retry-delay': retryDelay,
  'retry-times': retry,
  'tls-verify': tlsVerify,
  username: login.username,
})

type Given = Pick<Invocation<typeof repositoryOptions>, 'options' | 'given'>

/** @throws as toRegistryAccess and toLogin */
export function toRepositoryAccess({ options, given }: Given): RegistryAccess {
  const { creds, username, password } = options
  const access = toRegistryAccess({
    given,
    options: {
      ...options,
      ...{ creds: undefined, retry: options['retry-times'], 'signature-policy': undefined },
    },
  })
  const isAnonymous = options['no-creds']
  return { ...access, ...toLogin({ creds, username, password, isAnonymous, token: options['registry-token'] }) }
}
