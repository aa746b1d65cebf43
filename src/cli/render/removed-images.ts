// What rmi and manifest rm say. Exit codes as podman's: 1 no such image, 2 in use, 125 anything else.

import type { EngineError } from '../../base/errors.ts'
import type { RemovedImages } from '../../engine/image/remove.ts'
import { exitCodes } from '../exit-code.ts'
import { complainJoined } from './joined-errors.ts'
import { printLine } from './print.ts'

/** Answers the exit code. */
export function showRemoved({ untagged, deleted, errors }: RemovedImages): number {
  for (const name of untagged) printLine(`Untagged: ${name}`)
  for (const id of deleted) printLine(`Deleted: ${id}`)
  complainJoined(errors)
  return exitCodeOf(errors)
}

function exitCodeOf(errors: readonly EngineError[]): number {
  if (errors.length === 0) return 0
  if (errors.some(({ code }) => code === 'image-in-use')) return 2
  return errors.every(({ code }) => code === 'image-unknown') ? 1 : exitCodes.failed
}
