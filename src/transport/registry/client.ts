// One registry as a peer: authentication, redirects, retries. Authorization goes to the registry itself and to nobody that it
// redirects to.

import { EngineError } from '../../base/errors.ts'
import { answerError } from './answer-error.ts'
import { parseChallenges } from './challenge.ts'
import { connectionError, isTlsRefused, isTransient } from './connection-error.ts'
import type { Credentials } from './credentials.ts'
import { isLoopback } from './endpoints.ts'
import { type Http, type HttpMethod, type HttpResponse, redact } from './http.ts'
import { parseRetryAfter, type RetryPolicy, TransientError, withRetry } from './retry.ts'
import { basicAuthorization, fetchToken } from './token.ts'

export interface RegistryOptions {
  /** `docker.io`, `localhost:5000` */
  readonly host: string
  /** Plain HTTP is tried when TLS is refused. */
  readonly isInsecure: boolean
  readonly credentials: Credentials | undefined
  /** A bearer token that was given, in place of all that could be asked for. */
  readonly token?: string | undefined
  readonly http: Http
  readonly retry: RetryPolicy
  /** There is another to ask: where it cannot be reached, that is told at once. */
  readonly isPassedOver?: boolean
  readonly signal: AbortSignal
}

export interface RegistryRequest {
  readonly method?: HttpMethod
  /** `/v2/…`, or the whole address of an upload. */
  readonly path: string
  /** `repository:NAME:pull`, or several, separated by blanks. */
  readonly scope: string
  readonly headers?: Readonly<Record<string, string>>
  /** What the request is for, in messages: "manifest latest of docker.io/library/busybox". */
  readonly what: string
  /** How messages begin: reading unless said. */
  readonly doing?: 'writing' | 'deleting'
  /** Opened anew for each attempt; its length is a header. */
  readonly body?: () => AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal
}

export interface Registry {
  readonly host: string
  /** An answer with status 200 to 206, 404 or 416; everything else was retried or is thrown. */
  send(request: RegistryRequest): Promise<HttpResponse>
  /** The same without retries, for what must not be done twice. @throws TransientError where time may help */
  sendOnce(request: RegistryRequest): Promise<HttpResponse>
}

const maxRedirects = 8

/** Nothing is sent yet. */
export function openRegistry(options: RegistryOptions): Registry {
  const session: Session = { ...options, base: undefined, authorizations: new Map() }
  return {
    host: options.host,
    send: async (request) => {
      const signal = request.signal ?? options.signal
      return withRetry(options.retry, signal, async () => attempt(session, { ...request, signal }))
    },
    sendOnce: async (request) => attempt(session, { ...request, signal: request.signal ?? options.signal }),
  }
}

interface Session extends RegistryOptions {
  /** Known after the first ping. */
  base: Promise<URL> | undefined
  readonly authorizations: Map<string, string>
}

type Attempt = RegistryRequest & { readonly signal: AbortSignal }

async function attempt(session: Session, request: Attempt): Promise<HttpResponse> {
  const early = session.base === undefined ? await firstAnswer(session, request) : undefined
  const url = new URL(request.path, await baseOf(session, request.signal))
  let response = early ?? (await sendAuthorized(session, request, url))
  if (response.status === 401 && session.token === undefined) {
    const challenge = response.header('www-authenticate') ?? ''
    await response.discard()
    session.authorizations.delete(request.scope)
    await authorize(session, request, challenge)
    response = await sendAuthorized(session, request, url)
  }
  return judge(response, { request, url })
}

/** Finds the base, by the request itself where that may be sent twice: a ping would cost a whole turn more. Its answer, if it is of use. */
async function firstAnswer(session: Session, request: Attempt): Promise<HttpResponse | undefined> {
  const { method = 'GET', path, headers = {}, signal } = request
  if (session.token !== undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
  let answer: HttpResponse | undefined
  const found = findBase(session, async (base) => {
    answer = await session.http.send({ method, url: new URL(path, base), headers, signal })
    return answer
  })
  setBase(session, found)
  await found
  if (answer === undefined || answer.status < 300 || answer.status >= 400) return answer
  await answer.discard()
  return undefined
}

/** http: only if the registry is insecure, and does not speak TLS or is on this machine. */
async function baseOf(session: Session, signal: AbortSignal): Promise<URL> {
  if (session.base !== undefined) return session.base
  const found = findBase(session, async (base) => {
    const response = await session.http.send({ method: 'GET', url: new URL('/v2/', base), headers: {}, signal })
    await response.discard()
    return response
  })
  setBase(session, found)
  return found
}

/** Whoever comes meanwhile waits for it; the next attempt begins anew where it fails. */
function setBase(session: Session, found: Promise<URL>): void {
  session.base = found
  found.catch(() => {
    session.base = undefined
  })
}

async function findBase(session: Session, ask: (base: URL) => Promise<HttpResponse>): Promise<URL> {
  const host = session.host === 'docker.io' ? 'registry-1.docker.io' : session.host
  const secure = new URL(`https://${host}`)
  const plain = new URL(`http://${host}`)
  // Nobody is in between, and loading TLS takes longer than many a transfer.
  let isTls = false
  if (session.isInsecure && isLoopback(host)) {
    const answer = await ask(plain).catch(() => undefined)
    isTls = answer !== undefined && isOfTlsServer(answer)
    if (answer !== undefined && !isTls) return plain
    await answer?.discard()
  }
  try {
    await ask(secure)
    return secure
  } catch (error) {
    if (!session.isInsecure || isTls || !isTlsRefused(error)) throw unreached(session, error, secure)
  }
  await ask(plain).catch((error: unknown) => {
    throw unreached(session, error, plain)
  })
  return plain
}

function unreached({ isPassedOver }: Session, error: unknown, url: URL): Error {
  const told = asTransient(error, url)
  return isPassedOver === true && told instanceof TransientError ? told.final : told
}

/** What a server that speaks TLS has to say to plain HTTP. */
function isOfTlsServer({ status, header }: HttpResponse): boolean {
  return status === 400 || (status >= 300 && status < 400 && header('location')?.startsWith('https:') === true)
}

async function sendAuthorized(session: Session, request: Attempt, url: URL): Promise<HttpResponse> {
  const base = await baseOf(session, request.signal)
  const authorization =
    session.token === undefined ? session.authorizations.get(request.scope) : `Bearer ${session.token}`
  let target = url
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const mayAuthorize = authorization !== undefined && target.host === base.host && target.protocol === base.protocol
    const headers = { ...request.headers, ...(mayAuthorize ? { authorization } : {}) }
    const response = await send(session, request, { target, headers })
    if (![301, 302, 303, 307, 308].includes(response.status)) return response
    const location = response.header('location')
    await response.discard()
    target = nextTarget(session, target, location)
  }
  throw new EngineError({
    kind: 'unavailable',
    code: 'too-many-redirects',
    message: `${session.host} redirects more than ${maxRedirects} times for ${request.what}`,
  })
}

async function send(
  session: Session,
  request: Attempt,
  to: { target: URL; headers: Readonly<Record<string, string>> },
): Promise<HttpResponse> {
  try {
    return await session.http.send({
      method: request.method ?? 'GET',
      url: to.target,
      headers: to.headers,
      signal: request.signal,
      ...(request.body === undefined ? {} : { body: request.body() }),
    })
  } catch (error) {
    request.signal.throwIfAborted()
    // What could not be read here.
    if (error instanceof EngineError) throw error
    throw asTransient(error, to.target)
  }
}

function nextTarget(session: Session, from: URL, location: string | undefined): URL {
  const target = URL.parse(location ?? '', from.href)
  const isDowngrade = from.protocol === 'https:' && target?.protocol === 'http:' && !session.isInsecure
  if (target !== null && location !== undefined && /^https?:$/.test(target.protocol) && !isDowngrade) return target
  throw new EngineError({
    kind: 'corrupt',
    code: 'redirect-refused',
    message: `${redact(from)} redirects to ${target === null || location === undefined ? 'nowhere' : redact(target)}, which is refused`,
  })
}

async function authorize(session: Session, request: Attempt, header: string): Promise<void> {
  const challenges = parseChallenges(header)
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer')
  if (bearer !== undefined) {
    const { http, credentials, isInsecure } = session
    const wanted = { http, challenge: bearer, scope: request.scope, credentials, isInsecure, signal: request.signal }
    const token = await fetchToken(wanted).catch((error: unknown) => {
      throw error instanceof EngineError && error.kind !== 'unavailable'
        ? error
        : asTransient(error, new URL(`https://${session.host}`))
    })
    session.authorizations.set(request.scope, `Bearer ${token}`)
  } else if (session.credentials !== undefined && challenges.some((challenge) => challenge.scheme === 'basic')) {
    session.authorizations.set(request.scope, basicAuthorization(session.credentials))
  }
}

async function judge(response: HttpResponse, on: { request: Attempt; url: URL }): Promise<HttpResponse> {
  const { status } = response
  if ((status >= 200 && status <= 206) || status === 404 || status === 416) return response
  const { doing = 'reading', what } = on.request
  const error = await answerError(response, { host: on.url.host, what: `${doing} ${what}` })
  if (status !== 429 && status < 500 && status !== 408) throw error
  throw new TransientError(error, parseRetryAfter(response.header('retry-after'), Date.now()))
}

function asTransient(error: unknown, url: URL): Error {
  if (error instanceof TransientError) return error
  const told = error instanceof EngineError ? error : connectionError(error, url)
  return error instanceof EngineError || isTransient(error) ? new TransientError(told) : told
}
