// Files of keys, in PEM or DER.

import { readFileSync } from 'node:fs'
import { EngineError, errorReason } from '../base/errors.ts'

/** @throws not-found `key-file-missing` */
export function readKeyFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new EngineError({
      kind: 'not-found',
      code: 'key-file-missing',
      message: `the key file '${path}' cannot be read: ${errorReason(cause)}`,
      cause,
    })
  }
}

/** Of the first PEM block: `PUBLIC KEY`. undefined for what is no PEM. */
export function pemLabel(bytes: Uint8Array): string | undefined {
  return /^-----BEGIN ([A-Z0-9 ]+)-----/m.exec(Buffer.from(bytes).toString('latin1'))?.[1]
}

/** undefined unless it is a key as JSON Web Keys are (RFC 7517). */
export function jsonWebKey(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (bytes[0] !== 0x7b) return undefined
  try {
    const key = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>
    return typeof key['kty'] === 'string' ? key : undefined
  } catch {
    return undefined
  }
}

export function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
