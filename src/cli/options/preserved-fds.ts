// --preserve-fds N and --preserve-fd LIST: descriptors that the caller has open and the container's process gets.

import { fstatSync } from 'node:fs'
import { EngineError, invalid } from '../../base/errors.ts'
import { firstFds } from '../../runtime/preserved-fds.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const preserveOptions = defineOptions({
  'preserve-fd': {
    type: 'strings',
    value: 'fd',
    isCommaSeparated: true,
    describe: 'Pass these file descriptors to the container (crun only)',
    complete: 'none',
  },
  'preserve-fds': { type: 'number', describe: 'Pass N additional file descriptors to the container', value: 'N' },
})

/**
 * Ascending. Numbers between those of a list are free for the runtime's own descriptors, which only crun keeps from the container.
 * @throws invalid `preserve-fd-invalid`; unsupported `preserve-fd-unsupported`
 */
export function preservedFdsOf({ options }: Invocation<typeof preserveOptions>, runtime: string): number[] {
  const listed = options['preserve-fd'].map(numberOf)
  if (listed.length > 0 && runtime !== 'crun') throw crunOnly(runtime)
  const counted = firstFds(options['preserve-fds'] ?? 0)
  for (const fd of listed) checkOpen(fd)
  return [...new Set([...counted, ...listed])].toSorted((one, other) => one - other)
}

function numberOf(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) > 2) return Number(text)
  throw invalid(
    'preserve-fd-invalid',
    `invalid argument ${JSON.stringify(text)} for --preserve-fd: it wants numbers above 2`,
  )
}

function checkOpen(fd: number): void {
  try {
    fstatSync(fd)
  } catch {
    const needs = 'the preserve-fd option requires that file descriptors must be passed'
    throw invalid('preserve-fd-invalid', `file descriptor ${fd} is not available - ${needs}`)
  }
}

function crunOnly(runtime: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'preserve-fd-unsupported',
    message: `--preserve-fd is not supported with the runtime ${runtime}`,
    hint: 'Use crun (--runtime crun), or pass all descriptors up to the highest: --preserve-fds',
  })
}
