// Where networks are worked at: what every verb of this folder needs.

import type { Reporter } from '../base/report.ts'
import type { Layout } from '../state/layout.ts'
import type { LockPatience } from '../state/lock.ts'
import type { BridgePlace } from './firewall/apply.ts'
import type { NetworkConfig } from './network-config.ts'

export interface NetworkPlace {
  readonly at: Layout
  readonly config: NetworkConfig
  readonly patience: LockPatience
  readonly report: Reporter
  readonly bridges: BridgePlace
  /** For a helper that is there for several containers: takes its processes out of the session or service that we were called in. */
  outliveSession(name: string, pids: readonly number[]): Promise<void>
}
