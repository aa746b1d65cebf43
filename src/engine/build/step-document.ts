// A step's result on its way from one machine to another: an OCI manifest whose config is the result, and whose layer is that of the step. What
// comes in is a stranger's: its size and form are checked here, its digests by whoever brings it.

import { type Digest, isDigest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import { isObject, parseBoundedJson } from '../../image/bounded-json.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { mediaTypes, parseAnyManifest } from '../../image/manifest.ts'
import type { StepResult } from './build-cache.ts'

export const stepMediaType = 'application/vnd.gantry.build.step.v1+json'

export const maxStepBytes = 16 << 10

/** The blob is the manifest's to name. */
export interface SharedResult extends Omit<StepResult, 'layer'> {
  readonly layer?: { readonly diffId: Digest; readonly chainId: Digest }
}

/** The same bytes for the same result. */
export function stepDocument({ content, createdAt, summary, layer }: StepResult): Buffer {
  const document = {
    schema: 1,
    content,
    createdAt,
    ...(summary === undefined ? {} : { summary }),
    ...(layer === undefined ? {} : { layer: { diffId: layer.diffId, chainId: layer.chainId } }),
  }
  return Buffer.from(JSON.stringify(document))
}

/** @throws corrupt `cached-step-malformed`, and as parseBoundedJson */
export function parseStepDocument(bytes: Uint8Array): SharedResult {
  const document = parseBoundedJson(bytes, { what: 'the step', maxBytes: maxStepBytes, maxDepth: 4 })
  const { schema, content, createdAt, summary, layer } = document
  if (schema !== 1) throw malformed(`its schema is ${JSON.stringify(schema)?.slice(0, 20)}`)
  if (typeof content !== 'string' || !/^([0-9a-f]{64})?$/.test(content)) throw malformed('its content has no digest')
  if (typeof createdAt !== 'string' || !isTime(createdAt)) throw malformed('it says not when it was done')
  if (summary !== undefined && !isSummary(summary)) throw malformed('its summary is none')
  return {
    content,
    createdAt,
    ...(isSummary(summary) ? { summary } : {}),
    ...(layer === undefined ? {} : { layer: readLayer(layer) }),
  }
}

export interface StepManifest {
  readonly config: Descriptor
  readonly layer: Descriptor | undefined
}

/** Registries want a layer: of a step without one it is its config. */
export function stepManifest({ config, layer }: StepManifest): Buffer {
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer ?? config] }
  return Buffer.from(JSON.stringify(document))
}

const layerTypes: readonly string[] = ['', '+gzip', '+zstd'].map((codec) => `${mediaTypes.ociLayer}${codec}`)

/** @throws corrupt `cached-step-malformed`, and as parseAnyManifest */
export function parseStepManifest(bytes: Uint8Array, contentType: string | undefined): StepManifest {
  const manifest = parseAnyManifest(bytes, contentType)
  if (manifest.kind !== 'manifest' || manifest.config.mediaType !== stepMediaType) throw malformed('it is no step')
  const { config, layers } = manifest
  const [layer] = layers
  if (layer === undefined || layers.length > 1) throw malformed(`it has ${layers.length} layers`)
  if (layer.digest === config.digest) return { config, layer: undefined }
  if (!layerTypes.includes(layer.mediaType)) throw malformed('its layer is of no known type')
  return { config, layer }
}

export function malformed(reason: string): EngineError {
  const message = `what is kept there for the step cannot be used: ${reason}`
  return new EngineError({ kind: 'corrupt', code: 'cached-step-malformed', message })
}

function readLayer(layer: unknown): { diffId: Digest; chainId: Digest } {
  if (!isObject(layer)) throw malformed('its layer is none')
  const { diffId, chainId } = layer
  if (typeof diffId === 'string' && isDigest(diffId) && typeof chainId === 'string' && isDigest(chainId)) {
    return { diffId, chainId }
  }
  throw malformed('its layer has no digests')
}

/** As clocks of ours say it. */
function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
}

/** It becomes part of the history. */
function isSummary(value: unknown): value is string {
  return typeof value === 'string' && /^(?:(?:file|dir|multi):[0-9a-f]{64}|(?::sha256:[0-9a-f]{64})+)$/.test(value)
}
