// What is done in a container once its program has been started, and before it is stopped: Kubernetes' lifecycle hooks.

import type { NetworkRequest } from './network-probe.ts'

export interface LifecycleFacet {
  /** It is part of the start: one that fails ends the container. */
  readonly postStart?: LifecycleHook
  /** Within the time that the stop gives it. A program that ends by itself does not get it. */
  readonly preStop?: LifecycleHook
}

export type LifecycleHook =
  | {
      readonly kind: 'command'
      readonly command: readonly string[]
      /** What was asked for, where the command does the same in the container. */
      readonly request?: NetworkRequest
    }
  | { readonly kind: 'sleep'; readonly seconds: number }
