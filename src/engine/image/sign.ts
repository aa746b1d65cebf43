// Signatures of images that are in a registry already, into its lookaside or a folder.

import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Digest, digestOf } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { parseManifest } from '../../image/manifest.ts'
import { parseReference, withDefaultTag } from '../../image/reference.ts'
import { simpleSigner } from '../../signature/signer.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { addToLookaside } from '../../transport/lookaside.ts'
import type { Endpoint } from '../../transport/registry/endpoints.ts'
import { signatureStorage } from '../../transport/registry/registries-d.ts'
import type { Engine } from '../engine.ts'
import { dockerUrl, openRegistrySession, type RegistryAccess } from './registry-session.ts'

export interface SignOptions extends RegistryAccess {
  /** A key of the user's GnuPG. */
  readonly key: string
  /** In place of the lookaside that registries.d names. */
  readonly folder?: string
  /** The images of an index, and not the index itself. */
  readonly areEntriesSigned: boolean
}

/** Each signature is added to those that are there. @throws invalid; not-found; denied; unavailable `gpg-missing`, `gpg-failed` */
export async function sign(engine: Engine, names: readonly string[], options: SignOptions): Promise<void> {
  if (options.folder !== undefined && !existsSync(options.folder)) {
    throw new EngineError({
      kind: 'not-found',
      code: 'folder-missing',
      message: `stat ${options.folder}: no such file or directory`,
    })
  }
  for (const name of names) await signOne(engine, name, options)
}

async function signOne(engine: Engine, name: string, options: SignOptions): Promise<void> {
  const rest = /^docker:\/\/(.+)$/.exec(name)?.[1]
  if (rest === undefined) {
    throw invalid(
      'reference-malformed',
      `parsing image name: "${name}" is not in a registry`,
      'Name it as docker://NAME.',
    )
  }
  const reference = withDefaultTag(parseReference(rest))
  await using session = await openRegistrySession(engine, options)
  const source = await session.openSource(session.endpoints(reference).at(-1) as Endpoint)
  const storage = await signatureStorage(engine.settings.signaturePlaces, reference)
  const base = options.folder === undefined ? storage.writeTo : pathToFileURL(options.folder)
  const signer = simpleSigner(reference, { key: options.key })
  for (const digest of await digestsToSign(source, options, dockerUrl(reference))) {
    addToLookaside(base, { reference, digest }, await signer.sign(digest))
  }
}

async function digestsToSign(source: ImageSource, options: SignOptions, label: string): Promise<Digest[]> {
  const { bytes, mediaType } = await source.readManifest()
  if (!options.areEntriesSigned) return [digestOf(bytes)]
  const parsed = parseManifest(bytes, mediaType)
  if (parsed.kind !== 'index') {
    throw invalid(
      'index-wanted',
      `${label} is not a multi-architecture image (manifest type ${parsed.mediaType})`,
      'Leave out --all.',
    )
  }
  return parsed.manifests.map((entry) => entry.digest)
}
