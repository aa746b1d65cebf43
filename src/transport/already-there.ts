// Whether a target has an image already, so that nothing of it needs to be read or sent: a registry takes no manifest whose blobs it lacks.

import type { Digest } from '../base/digest.ts'
import { formatOf } from '../image/convert-manifest.ts'
import { isArtifact, parseAnyManifest } from '../image/manifest.ts'
import { wantedPacking } from './bring-layer.ts'
import { chooseFormat } from './choose-format.ts'
import { choosePacking } from './choose-packing.ts'
import { keptSignatures } from './copy-signatures.ts'
import type { Way } from './copy-to-target.ts'
import type { ManifestDocument } from './image-source.ts'

/** With its digest, which is believed: to be compared, not copied. */
export interface NamedManifest extends ManifestDocument {
  readonly digest: Digest
}

/**
 * Of the image itself, or of an entry of an index. False where the copy would write another manifest or a signature, or where the target
 * cannot tell. One small request. @throws as keptSignatures, and what the target throws
 */
export async function isAlreadyThere(way: Way, manifest: NamedManifest, place: 'top' | 'entry'): Promise<boolean> {
  const { options, target } = way
  if (options.isSkippedIfThere !== true || target.hasManifest === undefined) return false
  if ((options.signers ?? []).length > 0 || !isKeptAsItIs(way, manifest)) return false
  if ((await keptSignatures(way, manifest.digest)).length > 0) return false
  return target.hasManifest(manifest.digest, place)
}

/** An index is if its entries are, which is for the caller to know; an artifact is always. */
function isKeptAsItIs(way: Way, { bytes, mediaType }: ManifestDocument): boolean {
  const manifest = parseAnyManifest(bytes, mediaType)
  if (manifest.kind === 'index' || isArtifact(manifest)) return true
  if (way.options.encryption !== undefined || way.options.decryptionKeys !== undefined) return false
  const format = chooseFormat(way.options, manifest)
  const place = { ...way.options, format, wanted: wantedPacking(way) }
  return format === formatOf(manifest.mediaType) && manifest.layers.every((one) => choosePacking(one, place) === 'keep')
}
