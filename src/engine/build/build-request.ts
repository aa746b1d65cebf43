// What a build is asked for.

import type { Platform } from '../../image/platform.ts'
import type { ImageFormat } from '../container/commit-config.ts'
import type { PullPolicy } from '../image/pull.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import type { BuildContext } from './build-context.ts'
import type { BuildObserver } from './build-progress.ts'
import type { CacheDestination, CachePlace } from './cache-place.ts'
import type { RunSettings } from './run-settings.ts'
import type { TreeTime } from './tree-times.ts'

export type NamedContext =
  | { readonly kind: 'folder'; readonly context: BuildContext }
  | { readonly kind: 'image'; readonly reference: string }

export interface BuildSecret {
  readonly id: string
  /** Of its file, as it is when a step asks. */
  readonly read: () => Buffer
}

export interface SshSource {
  readonly id: string
  /** An agent's socket, or keys. */
  readonly paths: readonly string[]
}

export interface BuildRequest {
  readonly dockerfile: { readonly text: string; readonly path: string }
  readonly context: BuildContext
  readonly contexts: ReadonlyMap<string, NamedContext>
  readonly platform: Platform
  /** Said by the user: base images are chosen by it. */
  readonly isPlatformAsked: boolean
  readonly buildArgs: ReadonlyMap<string, string>
  readonly target: string | undefined
  /** Instead of the first FROM's image. */
  readonly from: string | undefined
  readonly run: RunSettings
  /** What RUN changes in declared volumes is dropped. */
  readonly areVolumesKept?: boolean
  readonly pull: PullPolicy
  readonly access: RegistryAccess
  readonly cache: {
    readonly isRead: boolean
    readonly isWritten: boolean
    /** Older results count as none. */
    readonly maxAgeMs: number | undefined
    /** Looked into, in this order, for what is not here. */
    readonly from: readonly CachePlace[]
    readonly to: readonly CacheDestination[]
  }
  readonly jobs: number
  readonly skipsUnused: boolean
  readonly secrets: readonly BuildSecret[]
  readonly ssh: readonly SshSource[]
  readonly time: BuildTime
  readonly image: ImageSettings
  readonly observer: BuildObserver
}

export interface BuildTime {
  /** Of the image, its history and (timestamp) its files. */
  readonly createdAt: string | undefined
  readonly tree: TreeTime | undefined
}

export interface ImageSettings {
  readonly format: ImageFormat
  /** Completed references. */
  readonly names: readonly string[]
  /** The first of them as it was typed, for what is told. */
  readonly typedName: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly environment: readonly string[]
  readonly unsetEnvironment: readonly string[]
  readonly unsetLabels: readonly string[]
  /** `layers`: one a step; `new`: one for all steps; `all`: one for the base's layers, too. */
  readonly squash: 'layers' | 'new' | 'all'
  readonly hasHistory: boolean
  readonly osVersion?: string
  readonly osFeatures: readonly string[]
}

export interface BuiltImage {
  readonly id: string
  readonly name: string | undefined
  readonly manifestDigest: string
  readonly platform: Platform
}
