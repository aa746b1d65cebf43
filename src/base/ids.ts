// Random identities. An id is 64 hex digits, shown to users as its first 12.

import { randomHex } from './random.ts'

export type ContainerId = string & { readonly __brand: 'ContainerId' }

export function newContainerId(): ContainerId {
  return newId() as ContainerId
}

export function newId(): string {
  return randomHex(32)
}

export function isFullId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12)
}
