// Bearer tokens (distribution's token authentication): asked for with the scope that is needed, with credentials if there are any.

import { EngineError } from '../../base/errors.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { Http, HttpResponse } from './http.ts'

const maxTokenBytes = 1024 * 1024

export interface TokenRequest {
  readonly http: Http
  readonly challenge: Challenge
  /** `repository:library/busybox:pull` */
  readonly scope: string
  readonly credentials: Credentials | undefined
  /** Credentials go to a plain HTTP realm only for registries marked insecure. */
  readonly isInsecure: boolean
  readonly signal: AbortSignal
}

/** @throws denied `registry-denied`; corrupt `token-malformed` */
export async function fetchToken(request: TokenRequest): Promise<string> {
  const realm = parseRealm(request)
  const response = await ask(request, realm)
  if (response.status === 401 || response.status === 403) {
    await response.discard()
    throw denied(realm, response.status)
  }
  if (response.status !== 200) {
    await response.discard()
    throw unavailable(realm, response.status)
  }
  const answer = parseBoundedJson(await readCapped(response.body, maxTokenBytes), {
    what: 'token answer',
    maxBytes: maxTokenBytes,
  })
  const token = answer['token'] ?? answer['access_token']
  if (typeof token === 'string' && token !== '') return token
  throw new EngineError({
    kind: 'corrupt',
    code: 'token-malformed',
    message: `the answer of ${realm.host} has no token`,
  })
}

/** The body whole. @throws corrupt `answer-too-large` */
export async function readCapped(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) {
      throw new EngineError({
        kind: 'corrupt',
        code: 'answer-too-large',
        message: `the answer is larger than ${maxBytes} bytes`,
      })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function basicAuthorization(credentials: Credentials): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
}

function parseRealm(request: TokenRequest): URL {
  const realm = URL.parse(request.challenge.parameters['realm'] ?? '')
  if (realm === null || !['http:', 'https:'].includes(realm.protocol)) {
    throw new EngineError({
      kind: 'corrupt',
      code: 'token-malformed',
      message: 'the registry names no usable token server',
    })
  }
  if (realm.protocol === 'http:' && request.credentials !== undefined && !request.isInsecure) {
    throw new EngineError({
      kind: 'denied',
      code: 'token-server-insecure',
      message: `the registry's token server ${realm.host} is not HTTPS: credentials are not sent to it`,
    })
  }
  return realm
}

async function ask(request: TokenRequest, realm: URL): Promise<HttpResponse> {
  const { service } = request.challenge.parameters
  const scope = scopeOf(request)
  const { credentials, http, signal } = request
  if (credentials?.identityToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.identityToken,
      client_id: 'gantry',
      scope,
      ...(service === undefined ? {} : { service }),
    })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return http.send({ method: 'POST', url: realm, headers, body: form.toString(), signal })
  }
  if (service !== undefined) realm.searchParams.set('service', service)
  for (const one of scope.split(' ').filter((part) => part !== '')) realm.searchParams.append('scope', one)
  const headers = credentials === undefined ? {} : { authorization: basicAuthorization(credentials) }
  return http.send({ method: 'GET', url: realm, headers, signal })
}

/** What was asked first may need less than what comes next: whoever writes gets a token for writing at once. */
function scopeOf({ scope, challenge }: TokenRequest): string {
  return /[:,](?:push|delete|\*)/.test(scope) ? scope : (challenge.parameters['scope'] ?? scope)
}

function denied(realm: URL, status: number): EngineError {
  return new EngineError({
    kind: 'denied',
    code: 'registry-denied',
    message: `unable to retrieve auth token: ${realm.host} answered ${status}: invalid username/password or access denied`,
    hint: 'Log in: gantry login, or name a file with --authfile or credentials with --creds.',
  })
}

function unavailable(realm: URL, status: number): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'token-server-failed',
    message: `unable to retrieve auth token: ${realm.host} answered ${status}`,
  })
}
