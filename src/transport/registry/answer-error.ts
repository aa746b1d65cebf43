// A registry's refusal as an error for the user: status, and the codes of its body (OCI distribution spec, "Error Codes").

import { EngineError, type ErrorKind } from '../../base/errors.ts'
import { isObject, parseBoundedJson } from '../../image/bounded-json.ts'
import type { HttpResponse } from './http.ts'
import { readCapped } from './token.ts'

const maxErrorBytes = 64 * 1024

/** Reads the body up to a cap; never throws for what it holds. */
export async function answerError(response: HttpResponse, on: { host: string; what: string }): Promise<EngineError> {
  const detail = await readDetail(response)
  const why = reason(response.status)
  const suffix = detail === '' || why.endsWith(detail) ? '' : `: ${detail}`
  const denied = response.status === 401 || response.status === 403
  return new EngineError({
    kind: kindOf(response.status),
    code: `registry-${codes[response.status] ?? (denied ? 'denied' : 'refused')}`,
    message: `${on.what}: ${on.host} answered ${response.status} ${why}${suffix}`,
    ...(denied ? { hint: 'Log in: gantry login, or name a file with --authfile or credentials with --creds.' } : {}),
  })
}

async function readDetail(response: HttpResponse): Promise<string> {
  try {
    const bytes = await readCapped(response.body, maxErrorBytes)
    const { errors } = parseBoundedJson(bytes, { what: 'error answer', maxBytes: maxErrorBytes })
    const list = Array.isArray(errors) ? errors.filter(isObject).slice(0, 3) : []
    return list.map((error) => clean(`${text(error['message'])}`) || clean(text(error['code']))).join(', ')
  } catch {
    return ''
  }
}

/** It goes to a terminal: no control characters from strangers. */
function clean(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 300)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function kindOf(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'denied'
  if (status === 404) return 'not-found'
  return status === 429 || status >= 500 ? 'unavailable' : 'invalid'
}

const codes: Readonly<Record<number, string>> = { 413: 'too-large', 429: 'too-many-requests' }

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'unauthorized: authentication required',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

function reason(status: number): string {
  return reasons[status] ?? ''
}
