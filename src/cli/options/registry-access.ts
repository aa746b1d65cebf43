// The flags of whatever talks to a registry: credentials, certificates, retries.

import { existsSync } from 'node:fs'
import { formatGoDuration, parseGoDuration } from '../../base/duration.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import type { RegistryAccess } from '../../engine/image/registry-session.ts'
import { type Credentials, parseCredentials } from '../../transport/registry/credentials.ts'
import { defaultRetry, type RetryPolicy } from '../../transport/registry/retry.ts'
import { defineOptions, type Invocation, type OptionTable } from '../command.ts'

export const registryOptions = defineOptions({
  authfile: {
    type: 'string',
    describe: 'Path of the authentication file. Use REGISTRY_AUTH_FILE environment variable to override',
    complete: 'file',
  },
  'cert-dir': {
    type: 'string',
    value: 'Pathname',
    describe: 'Pathname of a directory containing TLS certificates and keys',
    complete: 'folder',
  },
  creds: {
    type: 'string',
    value: 'Credentials',
    describe: 'Credentials (USERNAME:PASSWORD) to use for authenticating to a registry',
    complete: 'none',
  },
  retry: {
    type: 'number',
    value: 'uint',
    describe: 'Number of times to retry in case of failure when performing pull',
    default: defaultRetry.retries,
  },
  'retry-delay': {
    type: 'string',
    describe: `Delay between retries in case of pull failures (default: ${formatGoDuration(defaultRetry.firstDelayMs * 1e6)}, doubled each time)`,
    complete: 'none',
  },
  'signature-policy': {
    type: 'string',
    value: 'Pathname',
    describe: 'Pathname of signature policy file (not usually used)',
    isHidden: true,
    complete: 'file',
  },
  'tls-verify': {
    type: 'boolean',
    describe: 'Require HTTPS and verify certificates when contacting registries',
    default: true,
  },
})

/** How `push` calls them. */
export const pushRetryOptions = {
  retry: { ...registryOptions.retry, describe: registryOptions.retry.describe.replace('pull', 'push') },
  'retry-delay': {
    ...registryOptions['retry-delay'],
    describe: registryOptions['retry-delay'].describe.replace('pull', 'push'),
  },
} satisfies OptionTable

type Given = Pick<Invocation<typeof registryOptions>, 'options' | 'given'>

/** What is not given is left to the configuration files. @throws invalid; not-found `auth-file-missing` */
export function toRegistryAccess({ options, given }: Given): RegistryAccess {
  const { authfile, creds } = options
  const retry = toRetry({ options, given })
  checkAuthFile(authfile)
  return {
    retry,
    ...(authfile === undefined ? {} : { authFile: authfile }),
    ...(options['cert-dir'] === undefined ? {} : { certificateFolder: options['cert-dir'] }),
    ...(creds === undefined || creds === '' ? {} : { credentials: toCredentials(creds) }),
    ...(options['signature-policy'] === undefined ? {} : { policyPath: options['signature-policy'] }),
    ...(given.has('tls-verify') ? { isTlsVerified: options['tls-verify'] } : {}),
  }
}

/** What is given; skopeo's --retry-times is the same. @throws invalid `flag-invalid`, `duration-malformed` */
export function toRetry({ options, given }: RetryFlags): Partial<RetryPolicy> {
  const { retry } = options
  if (!Number.isInteger(retry) || retry < 0) {
    const flag = given.has('retry-times') ? 'retry-times' : 'retry'
    throw invalid('flag-invalid', `invalid argument "${retry}" for "--${flag}" flag: it counts retries`)
  }
  const delay = options['retry-delay']
  return {
    ...(given.has('retry') || given.has('retry-times') ? { retries: retry } : {}),
    ...(delay === undefined || delay === '' ? {} : { delayMs: parseGoDuration(delay) / 1e6 }),
  }
}

interface RetryFlags {
  readonly options: Pick<Invocation<typeof registryOptions>['options'], 'retry' | 'retry-delay'>
  readonly given: ReadonlySet<string>
}

/** Nothing is asked for: a command in a script would hang. */
function toCredentials(text: string): Credentials {
  const credentials = parseCredentials(text)
  if (credentials.username !== '' && credentials.password !== '') return credentials
  throw invalid('credentials-incomplete', '--creds wants USERNAME:PASSWORD', 'For a stored login use: --authfile')
}

/** @throws not-found `auth-file-missing` */
export function checkAuthFile(path: string | undefined): void {
  if (path === undefined || existsSync(path)) return
  throw new EngineError({
    kind: 'not-found',
    code: 'auth-file-missing',
    message: `credential file is not accessible: faccessat ${path}: no such file or directory`,
  })
}
