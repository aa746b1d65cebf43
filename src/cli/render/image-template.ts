// The fields that `images --format` knows, and its JSON.

import { goMap, goStruct } from '../../base/go-value.ts'
import { agoText } from './container-row.ts'
import { createdSeconds, historyText, type ImageRow, idText, sizeText } from './image-rows.ts'

/** Where the heading is not simply the field's words. */
export const imageHeadings: Readonly<Record<string, string>> = { ID: 'IMAGE ID', ReadOnly: 'R/O' }

/** Fields are read when the template asks for them. */
export function templateRow(row: ImageRow, { isWhole }: { readonly isWhole: boolean }): object {
  const { image } = row
  const { record } = image
  const created = isoSeconds(row)
  return goStruct('images.imageReporter', {
    Repository: row.repository,
    Tag: row.tag,
    ID: idText(row, isWhole),
    Id: record.id,
    ParentId: '',
    RepoTags: image.names,
    RepoDigests: image.repoDigests,
    Created: agoText(created),
    CreatedAt: utcText(created),
    CreatedSince: agoText(created),
    CreatedTime: utcText(created),
    Size: sizeText(row),
    SharedSize: 0,
    VirtualSize: record.sizeBytes,
    get Labels() {
      return goMap(image.config?.run.labels ?? {})
    },
    Containers: image.containers.length,
    ReadOnly: false,
    IsReadOnly: false,
    Dangling: image.isDangling,
    IsDangling: image.isDangling,
    Digest: record.manifestDigest,
    History: historyText(row),
    Names: image.names,
    Arch: '',
    Os: '',
  })
}

/** One member of `images --format json`. */
export function jsonRow(row: ImageRow): object {
  const { image } = row
  const { record, names, nameHistory: history } = image
  const labels = image.config?.run.labels ?? {}
  return {
    Id: record.id,
    ParentId: '',
    RepoTags: null,
    RepoDigests: image.repoDigests,
    Size: record.sizeBytes,
    SharedSize: 0,
    VirtualSize: record.sizeBytes,
    Labels: Object.keys(labels).length === 0 ? null : goMap(labels),
    Containers: image.containers.length,
    ...(image.isDangling ? { Dangling: true } : {}),
    Digest: record.manifestDigest,
    ...(history.length === 0 ? {} : { History: history }),
    ...(names.length === 0 ? {} : { Names: names }),
    Created: createdSeconds(row),
    CreatedAt: isoSeconds(row),
  }
}

function isoSeconds(row: ImageRow): string {
  return new Date(createdSeconds(row) * 1000).toISOString().replace('.000', '')
}

/** `2024-05-01 10:00:00 +0000 UTC`: images' times are not told in local time. */
function utcText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`
}
