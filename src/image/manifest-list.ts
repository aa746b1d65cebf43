// Manifest lists (Docker's word) or image indexes (OCI's) that are put together here: what is kept of one, and its document.

import type { Digest } from '../base/digest.ts'
import { goMap } from '../base/go-value.ts'
import type { Versioned } from '../state/record.ts'
import type { EntryPlatform, PlatformDescriptor } from './descriptor.ts'
import { mediaTypes } from './manifest.ts'

export interface ManifestList {
  readonly annotations: Readonly<Record<string, string>>
  /** What the list is about. */
  readonly subject?: PlatformDescriptor
  readonly entries: readonly PlatformDescriptor[]
}

/** manifests/<id>.json */
export interface ManifestListRecord extends ManifestList, Versioned {
  /** 64 hex digits, random: it stays while the content changes. */
  readonly id: string
  readonly createdAt: string
  readonly entries: readonly ListEntry[]
}

export interface ListEntry extends PlatformDescriptor {
  /** Where its image can be read, as `copy` takes it: `docker://…`, `oci:…`, or the id of an image of the store; or an artifact. */
  readonly source: string | StoredArtifact
}

/** Files that `manifest add --artifact` brought into the store: the list keeps them. */
export interface StoredArtifact {
  /** Where they were read, for people. */
  readonly files: readonly string[]
  /** With the manifest and the config. */
  readonly blobs: readonly Digest[]
}

/** What the list keeps in the store. */
export function blobsOfList({ entries }: ManifestListRecord): Digest[] {
  return entries.flatMap(({ source }) => (typeof source === 'string' ? [] : source.blobs))
}

/** OCI's unless the list has what only Docker's can say; an empty one is Docker's, as podman's is. */
export function listType({ annotations, subject, entries }: ManifestList): string {
  const isOci = (entry: PlatformDescriptor) => entry.artifactType !== undefined || isFilled(entry.annotations)
  if (subject !== undefined || isFilled(annotations) || entries.some(isOci)) return mediaTypes.ociIndex
  const hasFeatures = entries.some(({ platform }) => platform?.features !== undefined)
  return hasFeatures || entries.length === 0 ? mediaTypes.dockerList : mediaTypes.ociIndex
}

/** The members in podman's order, so that the same list has the same digest. */
export function listBytes(list: ManifestList): Uint8Array {
  const mediaType = listType(list)
  const { subject, entries } = list
  const isDocker = mediaType === mediaTypes.dockerList
  const document = {
    ...{ schemaVersion: 2, mediaType, manifests: entries.map(isDocker ? dockerEntry : ociEntry) },
    subject: subject === undefined ? undefined : ociEntry(subject),
    annotations: mapMember(list.annotations),
  }
  return Buffer.from(JSON.stringify(document))
}

function ociEntry({ mediaType, digest, size, urls, annotations, platform, artifactType }: PlatformDescriptor): object {
  return {
    ...{ mediaType, digest, size, urls, annotations: mapMember(annotations) },
    platform: platform === undefined ? undefined : { ...platformMembers(platform), features: undefined },
    artifactType,
  }
}

function dockerEntry({ mediaType, digest, size, urls, platform }: PlatformDescriptor): object {
  return { mediaType, size, digest, urls, platform: platformMembers(platform) }
}

/** As documents of both formats name them, in Go's order. */
export function platformMembers({ architecture, os, ...more }: EntryPlatform = { os: '', architecture: '' }): object {
  const { osVersion, osFeatures, variant, features } = more
  return {
    architecture,
    os,
    'os.version': osVersion,
    'os.features': osFeatures,
    variant: variant || undefined,
    features,
  }
}

/** Go's omitempty; keys are sorted. */
export function mapMember(map: Readonly<Record<string, string>> | undefined) {
  return map !== undefined && isFilled(map) ? goMap(map) : undefined
}

function isFilled(map: Readonly<Record<string, string>> | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0
}
