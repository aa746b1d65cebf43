// An image's manifest to a target. A registry that refuses its format may take the other one: then that is written, as c/image does.

import { digestOf } from '../base/digest.ts'
import { EngineError, errorMessage } from '../base/errors.ts'
import { codecOf, convertManifest, formatOf, manifestTypeOf } from '../image/convert-manifest.ts'
import { parseManifest } from '../image/manifest.ts'
import type { ImageSignature } from '../signature/image-signature.ts'
import { putSignatures } from './copy-signatures.ts'
import type { OutwardContext, OutwardCopy, OutwardOptions } from './copy-to-target.ts'
import type { ImageTarget } from './image-target.ts'

interface TypedManifest {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

export interface CopiedManifest extends TypedManifest {
  /** Signatures of these very bytes. */
  readonly kept: readonly ImageSignature[]
}

/** Answers what the target has then. @throws as the target: of the first format's refusal where the second is not to be tried */
export async function putManifest(
  to: OutwardContext & { readonly target: ImageTarget; readonly options: OutwardOptions },
  manifest: CopiedManifest,
): Promise<OutwardCopy> {
  const put = async ({ bytes, mediaType }: TypedManifest) => {
    await putSignatures(to, manifest.kept, { bytes, isEntry: false })
    await to.target.putManifest(bytes, mediaType)
    return { bytes, digest: digestOf(bytes) }
  }
  try {
    return await put(manifest)
  } catch (error) {
    const other =
      isRefused(error) && manifest.kept.length === 0 && mayChange(to.options) ? inOtherFormat(manifest) : undefined
    if (other === undefined) throw error
    const reason = `Writing the manifest as ${other.mediaType}, because of: ${errorMessage(error)}`
    to.report({ type: 'step', message: reason })
    return put(other)
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'registry-refused' && error.kind === 'invalid'
}

function mayChange({ format, isDigestKept }: OutwardOptions): boolean {
  return format === undefined && isDigestKept !== true
}

/** undefined where there is none: Docker's format has no zstd. */
function inOtherFormat({ bytes, mediaType }: TypedManifest): TypedManifest | undefined {
  const manifest = parseManifest(bytes, mediaType)
  if (manifest.kind === 'index') return undefined
  const { layers } = manifest
  const format = formatOf(mediaType) === 'oci' ? 'v2s2' : 'oci'
  if (format === 'v2s2' && layers.some((layer) => codecOf(layer.mediaType) === 'zstd')) return undefined
  return { bytes: convertManifest(bytes, manifest, { format, layers }), mediaType: manifestTypeOf(format) }
}
