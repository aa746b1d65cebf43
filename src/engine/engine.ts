// The opened capabilities that every verb gets. A record, never an interface of verbs.

import type { Clock } from '../base/clock.ts'
import type { Reporter } from '../base/report.ts'
import type { EventJournal } from '../event/journal.ts'
import type { Layout } from '../state/layout.ts'
import type { LockPatience } from '../state/lock.ts'
import type { StorageDriver } from '../storage/driver.ts'
import type { Settings } from './settings.ts'

export interface Engine {
  readonly at: Layout
  readonly settings: Settings
  /** Chosen by trying, on first use; remembered in the state directory. */
  readonly storage: () => StorageDriver
  readonly events: EventJournal
  readonly clock: Clock
  readonly report: Reporter
  readonly signal: AbortSignal
  /** Lock deadline, signal and reporter in the form that state/lock.ts takes. */
  readonly patience: LockPatience
}
