// A text from a web server.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { download } from '../../transport/download.ts'
import { readCapped } from '../../transport/registry/token.ts'

const maxBytes = 16 * 1024 * 1024
const timeoutMs = 60_000

/** @throws unavailable `manifest-unreachable` */
export async function fetchText(url: URL): Promise<string> {
  try {
    return (await readCapped(download(url, AbortSignal.timeout(timeoutMs)), maxBytes)).toString('utf8')
  } catch (error) {
    throw new EngineError({
      kind: 'unavailable',
      code: 'manifest-unreachable',
      message: `Get "${url.origin}${url.pathname}": ${errorMessage(error)}`,
      cause: error,
    })
  }
}
