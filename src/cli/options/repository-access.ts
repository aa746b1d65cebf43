// The flags of skopeo's commands that talk to one registry.

import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { defineOptions, type Invocation } from '../command.ts'
import { registryOptions, toRegistryAccess } from './registry-access.ts'

const { authfile, 'cert-dir': certDir, creds, retry, 'tls-verify': tlsVerify } = registryOptions

export const repositoryOptions = defineOptions({
  authfile,
  'cert-dir': certDir,
  creds,
  'retry-times': retry,
  'tls-verify': tlsVerify,
})

/** @throws as toRegistryAccess */
export function toRepositoryAccess(invocation: Invocation<typeof repositoryOptions>): RegistryAccess {
  const { options, given } = invocation
  const absent = { retry: options['retry-times'], 'retry-delay': undefined, 'signature-policy': undefined }
  const names = new Set([...given].map((name) => (name === 'retry-times' ? 'retry' : name)))
  return toRegistryAccess({ ...invocation, given: names, options: { ...options, ...absent } })
}
