// RepoDigests as podman prints them: every repository that the image is named in, with every digest that it is known by.

import type { Digest } from '../../base/digest.ts'
import type { ImageRecord } from '../../image/record.ts'
import { parseReference, repositoryOf } from '../../image/reference.ts'
import { digestsOf } from '../../transport/image-records.ts'

export function repoDigests(record: ImageRecord, names: readonly string[]): string[] {
  return repoDigestsOf(digestsOf(record), names)
}

export function repoDigestsOf(digests: readonly Digest[], names: readonly string[]): string[] {
  const repositories = [...new Set(names.map((name) => repositoryOf(parseReference(name))))]
  return repositories.flatMap((repository) => digests.map((digest) => `${repository}@${digest}`)).sort()
}
