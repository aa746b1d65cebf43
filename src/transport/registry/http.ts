// The one file that knows undici. Loaded on the first request: it costs more than most commands take. Redirects are not followed
// here: registry/client.ts does, because credentials must not travel with them.

import type { Readable } from 'node:stream'
import type { buildConnector as connecting } from 'undici'
import { EngineError } from '../../base/errors.ts'
import { trace } from '../../base/log.ts'
import { systemAuthorities } from './system-authorities.ts'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpRequest {
  readonly method: HttpMethod
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** A stream's length is in the headers. */
  readonly body?: string | AsyncIterable<Uint8Array>
  readonly signal: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** Who answered, after redirects: what a relative location starts from. */
  readonly url: URL
  header(name: string): string | undefined
  /** Ends with an error when the connection breaks before the promised length. */
  readonly body: AsyncIterable<Uint8Array>
  /** Reads and forgets what is left, so that the connection can be used again. */
  discard(): Promise<void>
}

export interface TlsOptions {
  readonly isVerified: boolean
  /** PEM texts, on top of the system's. */
  readonly authorities: readonly string[]
  readonly client?: { readonly certificate: string; readonly key: string }
}

export interface Http extends AsyncDisposable {
  send(request: HttpRequest): Promise<HttpResponse>
}

const connectTimeoutMs = 30_000
const idleTimeoutMs = 60_000
/** From the last byte that was sent: a registry checks a large blob, or moves it to an object store, before it answers. */
const answerTimeoutMs = 300_000

/** Connections are pooled; proxies come from http_proxy, https_proxy and no_proxy. HTTP/1.1 alone: several connections carry more than one. */
export async function openHttp(tls: TlsOptions): Promise<Http> {
  const { Agent, EnvHttpProxyAgent, buildConnector } = await import('undici')
  const options = { connections: 8, headersTimeout: idleTimeoutMs, bodyTimeout: idleTimeoutMs, allowH2: false }
  const usual = { timeout: connectTimeoutMs, allowH2: false }
  const plain = buildConnector(usual)
  let secure: Promise<connecting.connector> | undefined
  const connect: connecting.connector = (to, done) => {
    if (to.protocol !== 'https:') return plain(to, done)
    secure ??= secureOptions(tls).then((found) => buildConnector({ ...usual, ...found }))
    secure.then(
      (connector) => connector(to, done),
      (error: Error) => done(error, null),
    )
  }
  const agent = hasProxy()
    ? new EnvHttpProxyAgent({ ...options, connect, requestTls: { ...usual, ...(await secureOptions(tls)) } })
    : new Agent({ ...options, connect })
  return {
    send: async (request) => {
      const { url } = request
      trace('http', `${request.method} ${redact(url)}`)
      const answer = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        headers: { 'user-agent': 'gantry', ...request.headers },
        body: bodyOf(request.body),
        signal: request.signal,
        // Else undici closes the connection after a HEAD, for servers that send a body all the same.
        reset: false,
        ...(typeof request.body === 'object' || request.method === 'PUT' ? { headersTimeout: answerTimeoutMs } : {}),
      })
      trace('http', `${answer.statusCode} ${redact(url)}`)
      return {
        status: answer.statusCode,
        url,
        header: (name) => single(answer.headers[name.toLowerCase()]),
        body: answer.body,
        discard: async () => answer.body.dump({ limit: 64 * 1024, signal: request.signal }).catch(() => undefined),
      }
    },
    [Symbol.asyncDispose]: async () => agent.destroy(),
  }
}

/** As undici reads the environment. */
function hasProxy({ env } = process): boolean {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => env[name])
}

/** undici's types want a Node stream; it takes what can be iterated. */
function bodyOf(body: HttpRequest['body']): string | Readable | null {
  return body === undefined ? null : (body as string | Readable)
}

/** Tokens travel in the query of redirects to object stores. */
export function redact(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
}

/** Whether the other side does not speak TLS, or nobody listens: what makes an insecure registry be asked over plain HTTP. */
export function isTlsRefused(error: unknown): boolean {
  const code = codeOf(error)
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

/** Connection trouble that another attempt may cure. */
export function isTransient(error: unknown): boolean {
  const transient = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']
  const code = codeOf(error)
  return (
    transient.includes(code) ||
    (code.startsWith('UND_ERR_') && code !== 'UND_ERR_ABORTED' && code !== 'UND_ERR_INVALID_ARG')
  )
}

/** As the C library and Go put them. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
}

/** What a user is told of a failed connection. `doing`: what was done where that is no registry. */
export function connectionError(error: unknown, url: URL, doing?: string): EngineError {
  const code = codeOf(error)
  const message = error instanceof Error && error.message !== '' ? error.message : code
  const isCertificate = code.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
  const isName = code === 'ENOTFOUND' || code === 'EAI_AGAIN'
  return new EngineError({
    kind: 'unavailable',
    code: 'registry-unreachable',
    message: isName
      ? `${doing ?? `cannot reach registry ${url.host}`}: lookup of ${url.hostname}: no such host`
      : `${doing ?? `pinging container registry ${url.host}`}: ${isCertificate ? 'x509: ' : ''}${reasons[code] ?? message}`,
    ...(isCertificate && doing === undefined
      ? { hint: 'Put its certificate into /etc/containers/certs.d/HOST:PORT/ca.crt, or use --tls-verify=false.' }
      : {}),
    cause: error,
  })
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return error.cause === undefined ? '' : codeOf(error.cause)
}

/**
 * One context for all connections: reading the system's 150 authorities for each would take longer than what is fetched. Made for the first
 * that speaks TLS, which Node takes 15 ms to load.
 */
async function secureOptions(tls: TlsOptions) {
  const { createSecureContext, getCACertificates, rootCertificates } = await import('node:tls')
  const system = systemAuthorities() ?? rootCertificates
  const trusted = tls.isVerified ? [...system, ...getCACertificates('extra'), ...tls.authorities] : []
  return {
    rejectUnauthorized: tls.isVerified,
    secureContext: createSecureContext({
      ...(trusted.length === 0 ? {} : { ca: trusted }),
      ...(tls.client === undefined ? {} : { cert: tls.client.certificate, key: tls.client.key }),
    }),
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
