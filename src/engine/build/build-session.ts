// One build of one platform: what its stages share.

import type { Dockerfile } from '../../dockerfile/instruction.ts'
import type { BuildScope, StageScope } from '../../dockerfile/scope.ts'
import type { Limit } from '../../transport/limit-parallel.ts'
import type { Engine } from '../engine.ts'
import type { BuildRequest } from './build-request.ts'
import type { FileDigests } from './file-digests.ts'
import type { ImageDraft } from './image-draft.ts'
import type { SharedCache } from './shared-cache.ts'
import type { SourceTrees } from './source-trees.ts'
import type { StackLayer } from './stack.ts'

export interface StageOutcome {
  readonly draft: ImageDraft
  /** Says all of what is in it. */
  readonly key: string
  readonly scope: StageScope
  /** Layers of the image that it begins with. */
  readonly baseLayers: number
  readonly baseHistory: number
  readonly baseName: string | undefined
}

export interface BuildSession {
  readonly engine: Engine
  readonly request: BuildRequest
  readonly dockerfile: Dockerfile
  readonly scope: BuildScope
  readonly limit: Limit
  /** Keep what the build uses and makes from being collected until its end. */
  readonly pins: DisposableStack
  /** Workshops: after all layers are published. */
  readonly cleanup: AsyncDisposableStack
  /** Where --cache-from or --cache-to say one. */
  readonly shared: SharedCache | undefined
  /** Made by this build. */
  readonly layers: StackLayer[]
  readonly trees: SourceTrees
  readonly digestsOf: (folder: string) => FileDigests
  /** Built once, on the first call. */
  readonly stage: (index: number) => Promise<StageOutcome>
  /** The last of the stages. */
  readonly target: number
}
