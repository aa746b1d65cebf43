// containers/<id>/spec.json: what a container is, for its whole life. Written once, by engine/container/create.ts.

import type { Digest } from '../base/digest.ts'
import type { ContainerId } from '../base/ids.ts'
import type { Versioned } from '../state/record.ts'
import type { CompleteSpec } from './container-spec.ts'

export interface RuntimeChoice {
  readonly name: string
  /** Absolute. The bare name where none was found: starting it then says so. */
  readonly path: string
  /** Whoever chose it gave the path, not the name. */
  readonly isNamedByPath?: boolean
  readonly flags: readonly string[]
}

export interface StoredSpec extends Versioned {
  readonly id: ContainerId
  readonly createdAt: string
  /** Complete: image config and configured defaults are already merged in. */
  readonly spec: CompleteSpec
  readonly image?: { readonly id: string; readonly name: string; readonly digest?: Digest }
  /** Chain ids, lowest first. */
  readonly layers: readonly Digest[]
  readonly runtime: RuntimeChoice
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  /** Global flags that the monitor's exit command repeats, to find this state again. */
  readonly globalFlags: readonly string[]
}
