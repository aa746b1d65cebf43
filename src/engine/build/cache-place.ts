// Places that builds share their cache by: a repository of a registry, or a folder with an OCI layout.

import { type Reference, repositoryOf } from '../../image/reference.ts'

export type CachePlace =
  | { readonly kind: 'registry' /** Without tag: a step's key is its tag. */; readonly repository: Reference }
  | { readonly kind: 'local'; readonly folder: string }

export interface CacheDestination {
  readonly place: CachePlace
  /** What cannot be written there is a warning. */
  readonly isOptional: boolean
}

/** What messages call it. */
export function labelOf(place: CachePlace): string {
  return place.kind === 'registry' ? repositoryOf(place.repository) : place.folder
}
