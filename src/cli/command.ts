// A command is data plus a handler. Help, completion, the man-like reference and parsing come from this one declaration.

import type { Engine } from '../engine/engine.ts'

export interface OptionSpec {
  readonly type: 'boolean' | 'string' | 'number' | 'strings'
  /** One letter. */
  readonly short?: string
  /** Other long names, shown nowhere. */
  readonly aliases?: readonly string[]
  readonly describe: string
  /** Value name in help; the type's name unless said. */
  readonly value?: string
  readonly default?: boolean | string | number
  /** What a bare `--flag` means where a value is optional (pflag's NoOptDefVal). */
  readonly bare?: string
  readonly choices?: readonly string[]
  /** For `strings`: each value is split at commas, as pflag's StringSlice does (`--filter` is, `--env` is not). */
  readonly isCommaSeparated?: boolean
  readonly isHidden?: boolean
  readonly complete?: CompletionKind
  /** The fields that a Go template given here may name, for completion: `ID Host.Arch`. */
  readonly fields?: string
}

/** What the shell offers for a value. */
export type CompletionKind =
  | 'container'
  | 'running-container'
  | 'image'
  | 'pod'
  | 'network'
  | 'volume'
  | 'secret'
  | 'file'
  | 'folder'
  | 'none'

export type OptionTable = Readonly<Record<string, OptionSpec>>

export interface PositionalSpec {
  readonly name: string
  /** How it stands in the usage line, where that does not follow from the rest. */
  readonly usage?: string
  /** `CONTAINER [CONTAINER...]` in usage. */
  readonly isVariadic?: boolean
  readonly isOptional?: boolean
  /** Everything from here on is passed through, flags included (`run IMAGE [COMMAND [ARG...]]`). */
  readonly isRest?: boolean
  readonly complete?: CompletionKind
}

type ValueOf<T extends OptionSpec['type']> = T extends 'boolean'
  ? boolean
  : T extends 'number'
    ? number
    : T extends 'strings'
      ? string[]
      : string

/** Booleans and lists are always there; others only when given or defaulted. */
export type Options<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends { default: unknown } | { type: 'boolean' | 'strings' }
    ? ValueOf<T[K]['type']>
    : ValueOf<T[K]['type']> | undefined
}

export interface Invocation<T extends OptionTable> {
  /** Keyed by the long name as typed: `options['stop-timeout']`. */
  readonly options: Options<T>
  /** All positionals in order. */
  readonly args: readonly string[]
  /** The words of the command: ['container', 'ls']. */
  readonly path: readonly string[]
  /** Long names that were given explicitly. */
  readonly given: ReadonlySet<string>
}

export interface Command<T extends OptionTable = OptionTable> {
  readonly options: T
  readonly positionals?: readonly PositionalSpec[]
  readonly examples: readonly string[]
  /** A paragraph below the summary in help. */
  readonly description?: string
  /** `engine` opens the state directory on first call: `version` never does. Returns the exit code, 0 if undefined. */
  readonly run: (open: () => Promise<Engine>, invocation: Invocation<T>) => Promise<number | undefined>
}

export function defineCommand<const T extends OptionTable>(command: Command<T>): Command<T> {
  return command
}

/** Names an option group that several commands share, keeping its literal types. */
export function defineOptions<const T extends OptionTable>(options: T): T {
  return options
}

/** A command whose option types are no longer known: what the table holds. */
export interface AnyCommand extends Omit<Command, 'run'> {
  readonly run: (open: () => Promise<Engine>, invocation: never) => Promise<number | undefined>
}
