// HTTP to a server of this machine, as daemons and plugins offer it on a unix socket (or a port): one request, no retries, nothing followed.

import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'

export interface LocalServer {
  readonly at: { readonly socketPath: string } | { readonly host: string; readonly port: number | string }
  /** Ends the request, and the reading of what it is answered. */
  readonly signal: AbortSignal
}

export interface LocalRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string | number>>
}

/** The caller ends it, with its body or without. What goes wrong is thrown by `answerOf`. */
export function openRequest({ at, signal }: LocalServer, { headers = {}, ...what }: LocalRequest): ClientRequest {
  // A socket has no name that a Host header could say.
  const host = 'socketPath' in at ? { host: 'localhost' } : {}
  const call = request({ ...host, ...at, ...what, headers, signal })
  // An error without a listener would end the process; whoever waits for the answer gets it as well.
  call.on('error', () => undefined)
  return call
}

/** Its head; the body is the caller's to read. @throws what the connection threw; the signal's reason */
export async function answerOf(call: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  return response
}

/** The body up to `maxBytes`; of a longer one the rest is dropped, or the whole refused. @throws what the connection threw */
export async function readText(
  response: IncomingMessage,
  { maxBytes, isCut }: { readonly maxBytes: number; readonly isCut: boolean },
): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else if (!isCut) throw new Error('its answer is too long')
  }
  return Buffer.concat(chunks).toString('utf8')
}
