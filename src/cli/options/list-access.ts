// The registry flags of the manifest commands, each of which has some of them.

import { invalid } from '../../base/errors.ts'
import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { defineOptions, type Invocation, type Options } from '../command.ts'
import { registryOptions, toRegistryAccess } from './registry-access.ts'

const { authfile, 'cert-dir': certDir, creds, retry, 'tls-verify': tlsVerify } = registryOptions

export const listAccessOptions = defineOptions({
  authfile,
  'cert-dir': certDir,
  creds,
  insecure: {
    type: 'boolean',
    describe: 'Neither require HTTPS nor verify certificates when contacting registries',
    isHidden: true,
  },
  'tls-verify': tlsVerify,
})

const absent = {
  ...{ authfile: undefined, 'cert-dir': undefined, creds: undefined, retry: retry.default, 'retry-delay': undefined },
  ...{ 'signature-policy': undefined, 'tls-verify': tlsVerify.default },
}

interface Given extends Pick<Invocation<typeof listAccessOptions>, 'given'> {
  readonly options: Partial<Options<typeof listAccessOptions>>
}

/** @throws invalid `flags-conflict`; as toRegistryAccess */
export function toListAccess({ options, given }: Given): RegistryAccess {
  const access = toRegistryAccess({ options: { ...absent, ...options }, given })
  if (!given.has('insecure')) return access
  if (given.has('tls-verify')) throw invalid('flags-conflict', '--insecure may not be used with --tls-verify')
  return { ...access, isTlsVerified: options.insecure !== true }
}
