// How encrypted layers (ocicrypt's) are told from others: by their media type, and by annotations that only they have. Pure.

import type { Descriptor } from './descriptor.ts'
import { chunkedAnnotations } from './zstd-chunked.ts'

const suffix = '+encrypted'
const prefix = 'org.opencontainers.image.enc.'

export function isEncrypted({ mediaType }: Pick<Descriptor, 'mediaType'>): boolean {
  return mediaType.endsWith(suffix)
}

export function encryptedType(mediaType: string): string {
  return `${mediaType}${suffix}`
}

/** What it is when it has been decrypted, but for digest and size. */
export function decryptedKind(layer: Descriptor): Pick<Descriptor, 'mediaType' | 'annotations'> {
  const kept = Object.entries(lastingAnnotations(layer)).filter(([name]) => !name.startsWith(prefix))
  return {
    mediaType: layer.mediaType.slice(0, -suffix.length),
    ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
  }
}

/** Without where zstd:chunked has its table: that is of no use in ciphertext, and its digest tells too much. */
export function lastingAnnotations({ annotations = {} }: Descriptor): Readonly<Record<string, string>> {
  const dropped: string[] = Object.values(chunkedAnnotations)
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => !dropped.includes(name)))
}

/** Whether the same keys open both; so it is of layers that are not encrypted. */
export function areOpenedAlike(a: Descriptor, b: Descriptor): boolean {
  return keysText(a) === keysText(b)
}

function keysText({ annotations = {} }: Descriptor): string {
  const own = Object.entries(annotations).filter(([name]) => name.startsWith(prefix))
  return JSON.stringify(own.toSorted(([a], [b]) => a.localeCompare(b)))
}
