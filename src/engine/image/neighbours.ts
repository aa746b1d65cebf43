// Which other repository of a registry is likely to have a blob: the one that an image with that blob was pulled from, or named after.

import type { Digest } from '../../base/digest.ts'
import { parseReference, type Reference } from '../../image/reference.ts'
import type { Layout } from '../../state/layout.ts'
import { listNames, readImage } from '../../transport/image-records.ts'

/** Reads the names when it is first asked. */
export function neighboursIn(at: Layout, target: Reference): (digest: Digest) => string | undefined {
  let paths: Map<string, string> | undefined
  return (digest) => {
    paths ??= pathsByBlob(at, target)
    return paths.get(digest)
  }
}

function pathsByBlob(at: Layout, target: Reference): Map<string, string> {
  const paths = new Map<string, string>()
  for (const name of listNames(at)) {
    const { domain, path } = parseReference(name.reference)
    if (domain !== target.domain || path === target.path) continue
    const record = readImage(at, name.imageId)
    for (const blob of [record?.configDigest, ...(record?.layers ?? []).map((layer) => layer.blob)]) {
      if (blob !== undefined) paths.set(blob, path)
    }
  }
  return paths
}
