// The image that a stage has come to: its configuration, history and layers after each instruction.

import { digestHex, digestOf } from '../../base/digest.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import type { Platform } from '../../image/platform.ts'
import type { ImageFormat } from '../container/commit-config.ts'
import type { Stack, StackLayer } from './stack.ts'

export interface DraftHealthcheck {
  readonly Test: readonly string[]
  readonly Interval?: number
  readonly Timeout?: number
  readonly StartPeriod?: number
  readonly StartInterval?: number
  readonly Retries?: number
}

/** The `config` member, in the document's own spelling; absent is empty. */
export interface DraftConfig {
  readonly User?: string
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Env?: readonly string[]
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Volumes?: Readonly<Record<string, object>>
  readonly WorkingDir?: string
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
  /** Docker's format alone has these three. */
  readonly Healthcheck?: DraftHealthcheck
  readonly OnBuild?: readonly string[]
  readonly Shell?: readonly string[]
}

export interface DraftHistory {
  readonly created: string
  readonly created_by: string
  readonly author?: string
  readonly comment?: string
  readonly empty_layer?: true
}

export interface ImageDraft {
  /** Of the platform, and what else of it the base's document says. */
  readonly about: JsonObject
  readonly config: DraftConfig
  readonly history: readonly DraftHistory[]
  readonly author: string
  readonly created: string
  readonly stack: Stack
  /** What its next step comes from, for history: the base's name, then ids of our own. */
  readonly from: string | undefined
  /** A CMD of this stage outlives its ENTRYPOINT. */
  readonly isCommandOwn: boolean
  /** Names that ENV of this stage has set. */
  readonly ownVariables: readonly string[]
  /** That of the last WORKDIR, whose folder it is to be. */
  readonly workdirUser?: string
}

const usualPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** `$PATH` of a base that says none is the usual one, which its steps see, too. */
export function withPath(env: readonly string[]): readonly string[] {
  return env.some((entry) => entry.startsWith('PATH=')) ? env : [...env, usualPath]
}

export function emptyDraft(platform: Platform, now: string): ImageDraft {
  const { os, architecture, variant } = platform
  return {
    about: { architecture, ...(variant === undefined ? {} : { variant }), os },
    config: { Env: [usualPath], WorkingDir: '/' },
    history: [],
    author: '',
    created: now,
    stack: [],
    from: undefined,
    isCommandOwn: false,
    ownVariables: [],
  }
}

const platformKeys = ['architecture', 'variant', 'os', 'os.version', 'os.features']

/** `document`: an image's config. */
export function draftOf(document: JsonObject, name: string, stack: Stack): ImageDraft {
  const { config, history, author, created } = document
  return {
    about: Object.fromEntries(platformKeys.flatMap((key) => (key in document ? [[key, document[key]]] : []))),
    config: (isObject(config) ? withoutEmpty(config) : {}) as DraftConfig,
    history: (Array.isArray(history) ? history : []) as DraftHistory[],
    author: typeof author === 'string' ? author : '',
    created: typeof created === 'string' ? created : '1970-01-01T00:00:00Z',
    stack,
    from: name,
    isCommandOwn: false,
    ownVariables: [],
  }
}

const dockersOwn = new Set(['Healthcheck', 'OnBuild', 'Shell', 'ArgsEscaped', 'Image', 'Hostname', 'Domainname'])
const order = [
  ...['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Healthcheck', 'Volumes', 'WorkingDir', 'OnBuild', 'Labels'],
  ...['StopSignal', 'Shell'],
]

/** Of its layers the document names but the diff ids. */
export type DocumentDraft = Omit<ImageDraft, 'stack'> & { readonly stack: readonly Pick<StackLayer, 'diffId'>[] }

/** The image's config document. */
export function draftDocument(draft: DocumentDraft, format: ImageFormat): Buffer {
  const members = Object.entries(withoutEmpty(draft.config as JsonObject))
    .filter(([key]) => format === 'docker' || !dockersOwn.has(key))
    .map(([key, value]) => [key, isObject(value) && key !== 'Healthcheck' ? sorted(value) : value] as const)
    .sort(([a], [b]) => rank(a) - rank(b))
  return Buffer.from(
    JSON.stringify({
      created: draft.created,
      ...(draft.author === '' ? {} : { author: draft.author }),
      ...draft.about,
      config: Object.fromEntries(members),
      rootfs: { type: 'layers', diff_ids: draft.stack.map((layer) => layer.diffId) },
      history: draft.history,
    }),
  )
}

/** Of the image that it would be now. */
export function draftId(draft: ImageDraft, format: ImageFormat): string {
  return digestHex(digestOf(draftDocument(draft, format)))
}

function rank(key: string): number {
  const at = order.indexOf(key)
  return at === -1 ? order.length : at
}

function sorted(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function withoutEmpty(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => {
      if (value === undefined || value === null || value === '' || value === false) return false
      if (Array.isArray(value)) return value.length > 0
      return !isObject(value) || Object.keys(value).length > 0
    }),
  )
}
