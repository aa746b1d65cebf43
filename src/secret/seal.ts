// Sealing: AES-256-GCM under the user's key. A seal is broken only together with what it belongs to, so that no record can be passed off as another.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { linkSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { removeFile, syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'

/** Base64 each. */
export interface Sealed {
  readonly nonce: string
  readonly tag: string
  readonly data: string
}

const keyBytes = 32
const nonceBytes = 12
const algorithm = 'aes-256-gcm'

/** `owner`: whose it is, an id. Makes the key if there is none yet. */
export function seal(keyFile: string, owner: string, data: Uint8Array): Sealed {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, readKey(keyFile) ?? makeKey(keyFile), nonce)
  cipher.setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([cipher.update(data), cipher.final()])
  return {
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: sealed.toString('base64'),
  }
}

/** @throws corrupt `secret-unreadable`; unavailable `secret-key-missing` */
export function unseal(keyFile: string, owner: string, { nonce, tag, data }: Sealed): Buffer {
  const key = readKey(keyFile)
  if (key === undefined) throw keyMissing(keyFile)
  const cipher = createDecipheriv(algorithm, key, Buffer.from(nonce, 'base64'))
  cipher.setAAD(Buffer.from(owner))
  cipher.setAuthTag(Buffer.from(tag, 'base64'))
  try {
    return Buffer.concat([cipher.update(Buffer.from(data, 'base64')), cipher.final()])
  } catch (error) {
    throw unreadable(owner, keyFile, error)
  }
}

/** @throws corrupt `secret-key-damaged` */
function readKey(path: string): Buffer | undefined {
  const key = absentAsUndefined(() => readFileSync(path))
  if (key === undefined || key.length === keyBytes) return key
  throw new EngineError({ kind: 'corrupt', code: 'secret-key-damaged', message: `'${path}' is not a key of ours` })
}

/** Two that make it at once use the one that came first. Durable. */
function makeKey(path: string): Buffer {
  makeFolders(dirname(path), 0o700)
  const temporary = `${path}.${randomHex(6)}.tmp`
  try {
    writeNewFile(temporary, randomBytes(keyBytes), { mode: 0o400 })
    linkSync(temporary, path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  } finally {
    removeFile(temporary)
  }
  syncFolder(dirname(path))
  const key = readKey(path)
  if (key === undefined) throw keyMissing(path)
  return key
}

function keyMissing(path: string): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'secret-key-missing',
    message: `the key that sealed the secrets is gone: '${path}'`,
    hint: 'Bring it back from a backup, or make the secrets anew: gantry secret create --replace',
  })
}

function unreadable(owner: string, keyFile: string, cause: unknown): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'secret-unreadable',
    message: `secret ${owner} cannot be read with the key '${keyFile}': it is damaged, or another key sealed it`,
    hint: 'Make it anew: gantry secret create --replace',
    cause,
  })
}
