// The documents of manifest lists, as podman writes them, byte for byte.

import { expect, test } from 'vitest'
import type { Digest } from '../../../src/base/digest.ts'
import { missingVariants } from '../../../src/image/compression-variants.ts'
import type { PlatformDescriptor } from '../../../src/image/descriptor.ts'
import { listBytes, type ManifestList } from '../../../src/image/manifest-list.ts'
import { mediaTypeOfFile } from '../../../src/image/media-type-of-file.ts'

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as Digest
const entry: PlatformDescriptor = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: digest('a'),
  size: 7,
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
}
const empty: ManifestList = { annotations: {}, entries: [] }
const docker = '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json"'
const oci = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"'
const place = `"mediaType":"${entry.mediaType}","digest":"${entry.digest}","size":7`
const platform = '{"architecture":"arm64","os":"linux","variant":"v8"'

test.each<[name: string, list: ManifestList, text: string]>([
  ['an empty list is Docker’s', empty, `${docker},"manifests":[]}`],
  [
    'a list of images is OCI’s',
    { ...empty, entries: [entry] },
    `${oci},"manifests":[{${place},"platform":${platform}}}]}`,
  ],
  [
    'features are Docker’s alone',
    { ...empty, entries: [{ ...entry, platform: { os: 'linux', architecture: 'arm64', features: ['x'] } }] },
    `${docker},"manifests":[{"mediaType":"${entry.mediaType}","size":7,"digest":"${entry.digest}","platform":{"architecture":"arm64","os":"linux","features":["x"]}}]}`,
  ],
  [
    'annotations are OCI’s alone, and win; they are sorted',
    {
      annotations: { b: '1', a: '2' },
      entries: [{ ...entry, annotations: { c: '3' }, platform: { os: '', architecture: 'x', features: ['y'] } }],
    },
    `${oci},"manifests":[{${place},"annotations":{"c":"3"},"platform":{"architecture":"x","os":""}}],"annotations":{"a":"2","b":"1"}}`,
  ],
])('%s', (_name, list, text) => {
  expect(Buffer.from(listBytes(list)).toString()).toBe(text)
})

test('missing variants are those of platforms that lack one; artifacts have none', () => {
  const zstd = { ...entry, digest: digest('b'), annotations: { 'io.github.containers.compression.zstd': 'true' } }
  const other = { ...entry, digest: digest('c'), platform: { os: 'linux', architecture: 's390x' } }
  const artifact = {
    ...other,
    digest: digest('d'),
    platform: { os: 'linux', architecture: 'arm' },
    artifactType: 'x/y',
  }
  const missing = missingVariants([entry, zstd, other, artifact], ['zstd', 'gzip'])
  expect(missing).toEqual([{ entry: other, codec: 'zstd' }])
})

test.each([
  ['a.TXT', '\0', 'text/plain'],
  ['bill.json', '', 'application/json'],
  ['noname', 'plain words\n', 'text/plain'],
  ['zeroes', '\0\0', 'application/octet-stream'],
  ['blob.xyz', '%PDF-1.7', 'application/pdf'],
])('%s that begins with %j is %s', (name, head, type) => {
  expect(mediaTypeOfFile(name, Buffer.from(head))).toBe(type)
})
