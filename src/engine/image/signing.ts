// What a push or copy signs with, from what its flags say.

import { readFileSync } from 'node:fs'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseReference, type Reference } from '../../image/reference.ts'
import type { ImageSigner } from '../../signature/signer.ts'
import type { Destination } from './destination.ts'

export interface SigningRequest {
  /** --sign-by: a key of the user's GnuPG. */
  readonly gpgKey?: string
  /** Files of encrypted private keys. */
  readonly sigstoreKeys?: readonly SigstoreKeyFile[]
  /** --sign-passphrase-file's content, for --sign-by. */
  readonly gpgPassphrase?: string
  /** --sign-identity: the name to sign, in place of the destination's. */
  readonly identity?: string
}

export interface SigstoreKeyFile {
  readonly path: string
  readonly passphrase: string
}

/** In the order in which they sign. @throws invalid `signature-name`, `key-malformed`, `passphrase-wrong`; not-found `key-missing` */
export async function openSigners(
  request: SigningRequest | undefined,
  destination: Destination,
): Promise<readonly ImageSigner[]> {
  const { gpgKey, sigstoreKeys = [], gpgPassphrase } = request ?? {}
  if (request === undefined || (gpgKey === undefined && sigstoreKeys.length === 0)) return []
  const reference = signedReference(request, destination)
  const { simpleSigner, sigstoreSigner } = await import('../../signature/signer.ts')
  const { openPrivateKey } = await import('../../signature/sigstore-key.ts')
  const sigstore = sigstoreKeys.map(({ path, passphrase }) =>
    sigstoreSigner(reference, openPrivateKey(readKey(path), passphrase, path)),
  )
  if (gpgKey === undefined) return sigstore
  return [simpleSigner(reference, { key: gpgKey, passphrase: gpgPassphrase }), ...sigstore]
}

function signedReference({ identity }: SigningRequest, destination: Destination): Reference {
  if (identity !== undefined) {
    const reference = parseReference(identity)
    if (identity.startsWith(`${reference.domain}/`)) return reference
    throw invalid('signature-name', `--sign-identity '${identity}' is not a fully qualified name`)
  }
  if (destination.kind === 'docker') return destination.reference
  const place = `${destination.kind}:${destination.kind === 'docker-daemon' ? destination.name : destination.path}`
  throw invalid(
    'signature-name',
    `Cannot determine canonical Docker reference for destination ${place}: there is no name to sign`,
  )
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new EngineError({
      kind: 'not-found',
      code: 'key-missing',
      message: `reading private key from ${path}: it cannot be read`,
      cause,
    })
  }
}
