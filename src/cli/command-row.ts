// What the command table holds of a command.

import type { AnyCommand } from './command.ts'

export interface CommandRow {
  readonly summary: string
  /** Other spellings of the last word. */
  readonly aliases?: readonly string[]
  readonly isHidden?: boolean
  readonly load: () => Promise<{ readonly default: AnyCommand }>
}
