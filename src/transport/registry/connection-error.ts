// What became of a connection to a registry: whether another try may help, and what a user is told.

import { EngineError } from '../../base/errors.ts'

/** What a server says in TLS: no client's certificate, or one that it does not trust. */
export function isTlsAlert(error: unknown): boolean {
  return codeOf(error).startsWith('ERR_SSL_') && codeOf(error).includes('_ALERT_')
}

/** The connection has ended, and nothing says why. */
export function isUnexplained(error: unknown): boolean {
  return codeOf(error) === 'UND_ERR_SOCKET'
}

/** Whether the other side does not speak TLS, or nobody listens: what makes an insecure registry be asked over plain HTTP. */
export function isTlsRefused(error: unknown): boolean {
  const code = codeOf(error)
  if (isTlsAlert(error)) return false
  return (
    [
      'EPROTO',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_PACKET_LENGTH_TOO_LONG',
      'ECONNREFUSED',
      'ECONNRESET',
      'UND_ERR_SOCKET',
    ].includes(code) || code.startsWith('ERR_SSL_')
  )
}

/** Connection trouble that another attempt may cure. A name that could not be looked up is none: the resolver has tried again by itself. */
export function isTransient(error: unknown): boolean {
  const transient = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH']
  const code = codeOf(error)
  return (
    transient.includes(code) ||
    (code.startsWith('UND_ERR_') && code !== 'UND_ERR_ABORTED' && code !== 'UND_ERR_INVALID_ARG')
  )
}

const unknownAuthority = 'x509: certificate signed by unknown authority'

/** As the C library and Go put them. */
const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
}

const lookupFailures: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'temporary failure in name resolution',
}

/** What a user is told of a failed connection to a registry; `doing`: to another server, and what for. */
export function connectionError(error: unknown, url: URL, doing?: string): EngineError {
  const pinging = lookupFailures[codeOf(error)] !== undefined ? 'cannot reach registry' : 'pinging container registry'
  return new EngineError({
    kind: 'unavailable',
    code: doing === undefined ? 'registry-unreachable' : 'server-unreachable',
    message: `${doing ?? `${pinging} ${url.host}`}: ${connectionReason(error, url)}`,
    ...(doing === undefined ? hintFor(error, url) : {}),
    cause: error,
  })
}

/** Why a server could not be spoken with. */
export function connectionReason(error: unknown, { hostname }: URL): string {
  const code = codeOf(error)
  const failure = lookupFailures[code]
  if (failure !== undefined) return `lookup of ${hostname}: ${failure}`
  if (isTlsAlert(error)) return asAlert(code)
  return reasons[code] ?? (error instanceof Error && error.message !== '' ? error.message : code)
}

/** The server has a certificate that nobody we trust has signed. */
export function isAuthorityUnknown(error: unknown): boolean {
  return reasons[codeOf(error)] === unknownAuthority
}

/** `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED` */
function asAlert(code: string): string {
  return `remote error: tls: ${code
    .replace(/.*_ALERT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()}`
}

function hintFor(error: unknown, { host }: URL): { hint?: string } {
  const code = codeOf(error)
  if (isAuthorityUnknown(error))
    return {
      hint: `Put its authority's certificate into /etc/containers/certs.d/${host}/ca.crt, or use --tls-verify=false.`,
    }
  if (isTlsAlert(error) && code.includes('CERTIFICATE'))
    return {
      hint: `Put a client certificate and its key into /etc/containers/certs.d/${host}/client.cert and client.key.`,
    }
  return code.includes('CERT') ? { hint: 'Its certificate is at fault; --tls-verify=false asks for none.' } : {}
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error.cause === undefined ? '' : codeOf(error.cause)
}
