// A manifest list where images are listed.

import { digestOf } from '../../base/digest.ts'
import { listBytes, type ManifestListRecord } from '../../image/manifest-list.ts'

/** Its size is that of its document, its digest what a push would give it. */
export function listAsImage(list: ManifestListRecord) {
  const document = listBytes(list)
  return { id: list.id, createdAt: list.createdAt, sizeBytes: document.length, manifestDigest: digestOf(document) }
}
