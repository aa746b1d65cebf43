// A step that makes a layer, as the walk through a stage sees it.

import type { StackLayer } from './stack.ts'

export interface LayerStep {
  /** What decides its outcome, beside what lies below. */
  readonly parts: readonly unknown[]
  /** Its layer is the same on any other. */
  readonly isIndependent: boolean
  /** Digest of what it reads; asked only where an earlier result could be that of it. */
  readonly content?: () => Promise<string>
  readonly execute: () => Promise<ExecutedStep>
}

export interface ExecutedStep {
  readonly layer: StackLayer
  readonly content: string
  readonly summary?: string
}
