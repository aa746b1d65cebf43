// Content digests, `algorithm:hex`, as the OCI image spec's descriptor.md defines them. Only parseDigest makes one.

import { createHash } from 'node:crypto'

export type Digest = string & { readonly __brand: 'Digest' }

const pattern = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

export function isDigest(text: string): text is Digest {
  return pattern.test(text)
}

export function digestOf(content: string | Uint8Array): Digest {
  return digestBy('sha256', content)
}

export function digestBy(algorithm: 'sha256' | 'sha512', content: string | Uint8Array): Digest {
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}` as Digest
}

export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

export function digestAlgorithm(digest: Digest): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}
