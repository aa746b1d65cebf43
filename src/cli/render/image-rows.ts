// What `images` says of an image, word by word, as podman puts it: one row for each of its names.

import { humanSize } from '../../base/size.ts'
import type { ImageSummary } from '../../engine/image/list.ts'

export interface ImageRow {
  readonly image: ImageSummary
  readonly repository: string
  readonly tag: string
}

const none = '<none>'

/** A name by digest alone is shown only where there is no tag. */
export function rowsOf(image: ImageSummary): ImageRow[] {
  const rows = image.names.map((name) => ({ image, ...splitName(name) }))
  const tagged = rows.filter(({ tag }) => tag !== none)
  if (tagged.length > 0) return tagged
  return [rows[0] ?? { image, repository: none, tag: none }]
}

/** Seconds since 1970. */
export function createdSeconds({ image }: ImageRow): number {
  return Math.floor(Date.parse(image.record.createdAt) / 1000)
}

/** `1.98 MB` */
export function sizeText({ image }: ImageRow): string {
  return humanSize(image.record.sizeBytes, 3).replace(/(\D+)$/, ' $1')
}

export function idText({ image }: ImageRow, isWhole: boolean): string {
  return isWhole ? `sha256:${image.record.id}` : image.record.id.slice(0, 12)
}

export function historyText({ image }: ImageRow): string {
  return image.nameHistory.join(', ')
}

function splitName(name: string): { repository: string; tag: string } {
  const [reference = ''] = name.split('@')
  const colon = reference.lastIndexOf(':')
  if (colon <= reference.lastIndexOf('/')) return { repository: reference, tag: none }
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) }
}
