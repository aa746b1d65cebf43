// What is stored of a container, beside its spec: the facts that change. See runtime/README.md for how "running" is derived.

import type { ContainerId } from '../base/ids.ts'
import type { NetworkAttachment } from './network-attachment.ts'
import type { Versioned } from './record.ts'

/** containers/<id>/state.json; written under the container's lock. */
export interface ContainerRecord extends Versioned {
  readonly id: ContainerId
  /** Follows `rename`. */
  readonly name: string
  readonly last: LastRun
  readonly restartCount: number
  /** How long its restart policy waited before the last run; absent where somebody asked for that. */
  readonly restartPauseMs?: number
  /** Set by `stop` and `kill`: a restart policy does not act against it. */
  readonly isStoppedByUser: boolean
  /** A health check ends it to have it started again, whatever its restart policy. */
  readonly isRestartDue?: boolean
  /** Where `network connect` or `disconnect` changed them: instead of the spec's. */
  readonly networks?: readonly NetworkAttachment[]
  /** What `update` changed, laid over the spec by spec/update.ts, which alone knows what is in it. */
  readonly update?: Readonly<Record<string, unknown>>
}

/** What a start changes. One that was killed before its monitor ran is undone by it. */
export type BeforeStart = Pick<
  ContainerRecord,
  'isStoppedByUser' | 'restartCount' | 'restartPauseMs' | 'isRestartDue'
> & { readonly last: Extract<LastRun, { status: 'exited' }> }

/** What is durably known of the last start. "Is it running now?" is answered by runtime/live-state.ts alone. */
export type LastRun =
  | { readonly status: 'created' }
  /** A start was begun in boot `bootId`. Written before the monitor is spawned. */
  | {
      readonly status: 'started'
      readonly bootId: string
      readonly startedAt: string
      readonly isPaused: boolean
      readonly restoredAt?: string
      /** Absent for a first start. */
      readonly before?: BeforeStart
      /** A dump of its processes was begun: written before the runtime is called. It ends them, but for `isLeftRunning`. */
      readonly checkpoint?: { readonly at: string; readonly isLeftRunning: boolean }
    }
  | {
      readonly status: 'exited'
      readonly startedAt: string
      readonly finishedAt: string
      readonly exitCode: number
      readonly isOomKilled: boolean
      readonly error?: string
      readonly restoredAt?: string
      /** It was not its program that ended: it can be restored. */
      readonly checkpointedAt?: string
    }
