// Checks and prints what a command takes beside its flags. Messages are cobra's, which podman's users know.

import { invalid } from '../base/errors.ts'
import type { PositionalSpec } from './command.ts'
import { commandName } from './find-command.ts'

/** @throws invalid `arguments-invalid` */
export function checkPositionals(
  path: readonly string[],
  specs: readonly PositionalSpec[],
  args: readonly string[],
): void {
  const least = specs.filter((spec) => !spec.isOptional).length
  const most = specs.some((spec) => spec.isVariadic || spec.isRest) ? Number.POSITIVE_INFINITY : specs.length
  if (args.length >= least && args.length <= most) return
  throw invalid('arguments-invalid', complaint(path, { least, most, given: args.length }))
}

/** `CONTAINER [CONTAINER...]`, as in the usage line. */
export function describePositionals(specs: readonly PositionalSpec[]): string {
  return specs.map((spec) => describe(spec)).join(' ')
}

function describe({ name, usage, isOptional, isVariadic, isRest }: PositionalSpec): string {
  if (usage !== undefined) return usage
  const shown = name.toUpperCase()
  if (isRest) return isOptional ? `[${shown} [ARG...]]` : `${shown} [ARG...]`
  if (isVariadic) return isOptional ? `[${shown}...]` : `${shown} [${shown}...]`
  return isOptional ? `[${shown}]` : shown
}

function complaint(path: readonly string[], count: { least: number; most: number; given: number }): string {
  const { least, most, given } = count
  if (most === 0) return `\`${commandName(path)}\` takes no arguments`
  if (most === Number.POSITIVE_INFINITY) return `requires at least ${least} arg(s), only received ${given}`
  if (least === most) return `accepts ${least} arg(s), received ${given}`
  if (least === 0) return `accepts at most ${most} arg(s), received ${given}`
  return `accepts between ${least} and ${most} arg(s), received ${given}`
}
