// Signatures of images that are in a registry already, or lie here under the name of one, into its lookaside or a folder.

import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type Digest, digestOf } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { manifestLimits, parseManifest } from '../../image/manifest.ts'
import { parseReference, type Reference, withDefaultTag } from '../../image/reference.ts'
import { simpleSigner } from '../../signature/signer.ts'
import type { ImageSource } from '../../transport/image-source.ts'
import { addToLookaside } from '../../transport/lookaside.ts'
import type { Endpoint } from '../../transport/registry/endpoints.ts'
import { signatureStorage } from '../../transport/registry/registries-d.ts'
import type { Engine } from '../engine.ts'
import { dockerUrl, openRegistrySession, type RegistryAccess } from './registry-session.ts'
import { findImage } from './resolve.ts'

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
  const { reference, digests } = await subjectOf(engine, name, options)
  const storage = await signatureStorage(engine.settings.signaturePlaces, reference)
  const base = options.folder === undefined ? storage.writeTo : pathToFileURL(options.folder)
  const signer = simpleSigner(reference, { key: options.key })
  for (const digest of digests) addToLookaside(base, { reference, digest }, await signer.sign(digest))
}

interface Subject {
  readonly reference: Reference
  readonly digests: readonly Digest[]
}

async function subjectOf(engine: Engine, name: string, options: SignOptions): Promise<Subject> {
  const [, transport, rest = ''] = /^(docker:\/\/|containers-storage:)(.+)$/s.exec(name) ?? []
  if (transport === 'docker://') return inRegistry(engine, withDefaultTag(parseReference(rest)), options)
  if (transport !== undefined) return here(engine, rest, options)
  throw invalid(
    'reference-malformed',
    `parsing image name: "${name}" is not in a registry`,
    'Name it as docker://NAME, or containers-storage:NAME if it is here.',
  )
}

async function inRegistry(engine: Engine, reference: Reference, options: SignOptions): Promise<Subject> {
  await using session = await openRegistrySession(engine, options)
  const source = await session.openSource(session.endpoints(reference).at(-1) as Endpoint)
  return { reference, digests: await digestsToSign(source, options, dockerUrl(reference)) }
}

/** Of our store, or else of podman's own. */
async function here(engine: Engine, text: string, { areEntriesSigned }: SignOptions): Promise<Subject> {
  const label = `containers-storage:${text}`
  const own = text.startsWith('[') ? undefined : await findImage(engine, text)
  if (areEntriesSigned) throw notAnIndex(label)
  if (own !== undefined) return { reference: named(label, own.name), digests: [own.record.manifestDigest] }
  const { findPodmanImage, openPodmansOwn, parsePodmanOrigin } = await import('./podman-image.ts')
  const { place, name } = parsePodmanOrigin(text)
  using store = await openPodmansOwn(place)
  const image = findPodmanImage(store, name)
  const manifest = store.readDocument(image, 'manifest', manifestLimits.maxBytes)
  return { reference: named(label, image.names[0]), digests: [digestOf(manifest)] }
}

function named(label: string, name: string | undefined): Reference {
  if (name !== undefined) return parseReference(name)
  throw invalid('reference-malformed', `${label} has no name: a signature names what it signs`, 'Tag it: gantry tag')
}

async function digestsToSign(source: ImageSource, options: SignOptions, label: string): Promise<Digest[]> {
  const { bytes, mediaType } = await source.readManifest()
  if (!options.areEntriesSigned) return [digestOf(bytes)]
  const parsed = parseManifest(bytes, mediaType)
  if (parsed.kind !== 'index') throw notAnIndex(label, parsed.mediaType)
  return parsed.manifests.map((entry) => entry.digest)
}

function notAnIndex(label: string, mediaType?: string): EngineError {
  const type = mediaType === undefined ? '' : ` (manifest type ${mediaType})`
  return invalid('index-wanted', `${label} is not a multi-architecture image${type}`, 'Leave out --all.')
}
