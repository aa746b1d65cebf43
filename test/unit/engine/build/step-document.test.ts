import { expect, test } from 'vitest'
import { digestOf } from '../../../../src/base/digest.ts'
import type { StepResult } from '../../../../src/engine/build/build-cache.ts'
import {
  parseStepDocument,
  parseStepManifest,
  stepDocument,
  stepManifest,
  stepMediaType,
} from '../../../../src/engine/build/step-document.ts'
import { mediaTypes } from '../../../../src/image/manifest.ts'

const hex = 'a'.repeat(64)
const digest = digestOf('config')
const createdAt = '2026-01-02T03:04:05.678Z'
const layer = { diffId: digest, chainId: digest }
const blob = { mediaType: `${mediaTypes.ociLayer}+gzip`, digest: digestOf('layer'), size: 5 }
const config = { mediaType: stepMediaType, digest, size: 7 }

test.each<StepResult>([
  { content: '', createdAt },
  { content: hex, createdAt, summary: `dir:${hex}` },
  { content: hex, createdAt, summary: `:sha256:${hex}:sha256:${hex}` },
])('a document says again what it was made of: %j', (result) => {
  expect(parseStepDocument(stepDocument(result))).toEqual(result)
})

test('a document says of the layer what its blob does not', () => {
  const cached = { ...layer, blob: blob.digest, blobBytes: blob.size, mediaType: blob.mediaType }
  expect(parseStepDocument(stepDocument({ content: '', createdAt, layer: cached }))).toEqual({
    content: '',
    createdAt,
    layer,
  })
})

test.each([
  { schema: 2 },
  { content: undefined },
  { content: '../x' },
  { createdAt: 'yesterday' },
  { createdAt: '2026-99-02T03:04:05Z' },
  { createdAt: 5 },
  { summary: 'file:x"] && rm' },
  { summary: 7 },
  { layer: null },
  { layer: { diffId: digest } },
  { layer: { diffId: digest, chainId: 'sha256:../x' } },
  { padding: 'x'.repeat(20_000) },
  { deep: [[[[[]]]]] },
])('a document with %j is refused', (change) => {
  const document = { schema: 1, content: '', createdAt, ...change }
  expect(() => parseStepDocument(Buffer.from(JSON.stringify(document)))).toThrow(
    expect.objectContaining({ kind: 'corrupt' }),
  )
})

test.each([undefined, blob])('a manifest with the layer %j is read again', (own) => {
  expect(parseStepManifest(stepManifest({ config, layer: own }), mediaTypes.ociManifest)).toEqual({
    config,
    layer: own,
  })
})

test.each([
  { config: { ...config, mediaType: mediaTypes.ociConfig } },
  { layers: [] },
  { layers: [blob, blob] },
  { layers: [{ ...blob, mediaType: 'application/octet-stream' }] },
  { layers: [{ ...blob, digest: 'sha256:1' }] },
])('a manifest with %j is refused', (change) => {
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [blob], ...change }
  expect(() => parseStepManifest(Buffer.from(JSON.stringify(document)), undefined)).toThrow(
    expect.objectContaining({ kind: 'corrupt' }),
  )
})
