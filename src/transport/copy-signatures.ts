// Signatures on the way from a source to a target: those that the image has, as long as it stays the same to the byte, and new ones.

import { type Digest, digestOf } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { Reporter } from '../base/report.ts'
import type { ImageSignature } from '../signature/image-signature.ts'
import type { ImageSigner } from '../signature/signer.ts'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget } from './image-target.ts'

export interface SignatureOptions {
  readonly signers?: readonly ImageSigner[]
  /** --remove-signatures */
  readonly areSignaturesDropped?: boolean
}

export interface SignatureWay {
  readonly source: ImageSource
  readonly target: Pick<ImageTarget, 'label' | 'putSignatures'>
  readonly options: SignatureOptions
  readonly report: Reporter
}

/** Those that are to be kept. @throws unsupported `signatures-unsupported` if the target cannot */
export async function keptSignatures(way: SignatureWay, digest: Digest): Promise<readonly ImageSignature[]> {
  const { source, target, options } = way
  const kept = options.areSignaturesDropped === true ? [] : ((await source.readSignatures?.(digest)) ?? [])
  if (target.putSignatures !== undefined || (kept.length === 0 && (options.signers ?? []).length === 0)) return kept
  throw new EngineError({
    kind: 'unsupported',
    code: 'signatures-unsupported',
    message: `Can not copy signatures to ${target.label}: the format keeps none`,
    hint:
      kept.length === 0 ? 'Sign it where it is pushed to a registry or to dir:' : 'Leave them out: --remove-signatures',
  })
}

/** Before the manifest is written: whoever finds it there finds its signatures, too. @throws what signing and the target throw */
export async function putSignatures(
  { target, options, report }: Omit<SignatureWay, 'source'>,
  kept: readonly ImageSignature[],
  manifest: { readonly bytes: Uint8Array; readonly isEntry: boolean },
): Promise<void> {
  const digest = digestOf(manifest.bytes)
  const signatures = [...kept]
  for (const signer of options.signers ?? []) {
    report({ type: 'step', message: `Creating signature: ${signer.doing}` })
    signatures.push(await signer.sign(digest))
  }
  if (signatures.length === 0) return
  report({ type: 'step', message: 'Storing signatures' })
  await target.putSignatures?.(signatures, { digest, isEntry: manifest.isEntry })
}
