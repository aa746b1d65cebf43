// A file from a web server, for commands that take a URL where others take a path. What comes is not verified: its reader does that.

import { EngineError } from '../base/errors.ts'
import { connectionError } from './registry/connection-error.ts'
import { type Http, type HttpResponse, openHttp, redact, type TlsOptions } from './registry/http.ts'

const maxRedirects = 8

export interface Download extends AsyncDisposable {
  readonly body: AsyncIterable<Uint8Array>
  header(name: string): string | undefined
}

const usualTls: TlsOptions = { isVerified: true, authorities: [] }

/** The answer's bytes. @throws unavailable `download-failed`, `server-unreachable`; not-found `download-missing` */
export async function* download(url: URL, signal: AbortSignal, tls: TlsOptions = usualTls): AsyncGenerator<Uint8Array> {
  await using answer = await openDownload(url, signal, tls)
  yield* answer.body
}

/** With what the server says of it. @throws as download */
export async function openDownload(url: URL, signal: AbortSignal, tls: TlsOptions = usualTls): Promise<Download> {
  await using cleanup = new AsyncDisposableStack()
  const http = cleanup.use(await openHttp(tls))
  const response = await follow(http, url, signal)
  if (response.status === 200) {
    const kept = cleanup.move()
    return {
      body: response.body,
      header: (name) => response.header(name),
      [Symbol.asyncDispose]: async () => kept.disposeAsync(),
    }
  }
  await response.discard()
  const { status } = response
  throw new EngineError({
    kind: status === 404 || status === 410 ? 'not-found' : 'unavailable',
    code: status === 404 || status === 410 ? 'download-missing' : 'download-failed',
    message: `downloading ${redact(url)}: the server answered ${status}`,
  })
}

async function follow(http: Http, url: URL, signal: AbortSignal): Promise<HttpResponse> {
  let target = url
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await send(http, target, signal)
    const location = response.header('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response
    await response.discard()
    target = nextTarget(target, location)
  }
  throw refused(`${redact(url)} redirects more than ${maxRedirects} times`)
}

async function send(http: Http, url: URL, signal: AbortSignal): Promise<HttpResponse> {
  try {
    return await http.send({ method: 'GET', url, headers: {}, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw connectionError(error, url, `downloading ${redact(url)}`)
  }
}

function nextTarget(from: URL, location: string): URL {
  const target = URL.parse(location, from.href)
  if (target !== null && (target.protocol === 'https:' || target.protocol === from.protocol)) return target
  throw refused(`${redact(from)} redirects to a place that is refused`)
}

function refused(message: string): EngineError {
  return new EngineError({ kind: 'unavailable', code: 'download-failed', message: `downloading: ${message}` })
}
