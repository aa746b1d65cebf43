// A text from a web server.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { type Http, type HttpResponse, openHttp } from '../../transport/registry/http.ts'

const maxRedirects = 10
const maxBytes = 16 * 1024 * 1024

/** @throws unavailable `manifest-unreachable` */
export async function fetchText(url: URL): Promise<string> {
  await using http = await openHttp({ isVerified: true, authorities: [] })
  try {
    return await textOf(await follow(http, url))
  } catch (error) {
    throw new EngineError({
      kind: 'unavailable',
      code: 'manifest-unreachable',
      message: `Get "${url.origin}${url.pathname}": ${errorMessage(error)}`,
      cause: error,
    })
  }
}

async function follow(http: Http, url: URL): Promise<HttpResponse> {
  let next = url
  for (let round = 0; round <= maxRedirects; round += 1) {
    const request = { method: 'GET', url: next, headers: {}, signal: AbortSignal.timeout(60_000) } as const
    const answer = await http.send(request)
    const location = answer.header('location')
    if (answer.status < 300) return answer
    await answer.discard()
    if (answer.status >= 400 || location === undefined) throw new Error(`the server answers ${answer.status}`)
    next = new URL(location, next)
    if (!/^https?:$/.test(next.protocol)) throw new Error(`the server leads to ${next.protocol}`)
  }
  throw new Error(`stopped after ${maxRedirects} redirects`)
}

async function textOf({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Error(`the server sends more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
