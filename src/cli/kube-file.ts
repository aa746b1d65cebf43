// The manifest that a kube command is given: a file, a URL, or - for standard input.

import { readFileSync } from 'node:fs'
import { EngineError, errnoOf } from '../base/errors.ts'

/** @throws not-found `manifest-missing`; unavailable `manifest-unreachable` */
export async function readKubeFile(place: string): Promise<string> {
  if (/^https?:\/\//.test(place)) {
    const { fetchText } = await import('../engine/kube/fetch-text.ts')
    return fetchText(new URL(place))
  }
  try {
    return readFileSync(place === '-' ? 0 : place, 'utf8')
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined) throw error
    const why = errno === 'ENOENT' ? 'no such file or directory' : errno === 'EISDIR' ? 'is a directory' : errno
    throw new EngineError({ kind: 'not-found', code: 'manifest-missing', message: `open ${place}: ${why}` })
  }
}
