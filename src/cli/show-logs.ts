// Logs of containers to the terminal: what `logs` and `pod logs` have in common.

import { invalid } from '../base/errors.ts'
import { shortId } from '../base/ids.ts'
import type { StoredContainer } from '../engine/container/stored-container.ts'
import type { Engine } from '../engine/engine.ts'
import { defineOptions, type Options } from './command.ts'
import { releaseInterrupts } from './interrupt.ts'
import { logPrinter } from './render/log-lines.ts'
import { timeOption } from './time-option.ts'

export const logOptions = defineOptions({
  color: { type: 'boolean', describe: 'Output the containers with different colors in the log' },
  details: { type: 'boolean', describe: 'Show tag and labels, where the log driver keeps them', isHidden: true },
  follow: { type: 'boolean', short: 'f', describe: 'Follow log output' },
  names: { type: 'boolean', short: 'n', describe: 'Output the container name in the log' },
  since: { type: 'string', describe: 'Show logs since TIMESTAMP', value: 'timestamp' },
  tail: { type: 'number', default: -1, describe: 'Output this many lines at the end of the logs; -1 prints all' },
  timestamps: { type: 'boolean', short: 't', describe: 'Output the timestamps in the log' },
  until: { type: 'string', describe: 'Show logs until TIMESTAMP', value: 'timestamp' },
})

type LogOptions = Options<typeof logOptions>

export interface LogWindow {
  readonly sinceNs: bigint | undefined
  readonly untilNs: bigint | undefined
  readonly tail: number | undefined
}

/** @throws invalid `flag-invalid`, and what times throw */
export function logWindow({ since, until, tail }: LogOptions): LogWindow {
  return { sinceNs: timeOption('since', since), untilNs: timeOption('until', until), tail: tailLines(tail) }
}

/** Resolves when all has been shown; with --follow, when all have ended. */
export async function showLogs(
  engine: Engine,
  containers: readonly StoredContainer[],
  { follow, names, timestamps, details, color, window }: LogOptions & { readonly window: LogWindow },
): Promise<void> {
  const { logs } = await import('../engine/container/logs.ts')
  // Nothing is held that an interruption would have to give back.
  releaseInterrupts()
  const readers = await Promise.all(containers.map(async (container) => logs(engine, { container, follow, ...window })))
  await Promise.all(
    readers.map(async (batches, index) => {
      const { id, name } = containers[index] ?? { id: '', name: '' }
      const show = logPrinter({
        label: readers.length === 1 ? undefined : names ? name : shortId(id),
        hasTimes: timestamps,
        hasDetails: details,
        color: color ? index : undefined,
      })
      for await (const entries of batches) show(entries)
    }),
  )
}

function tailLines(count: number): number | undefined {
  if (!Number.isInteger(count)) {
    throw invalid(
      'flag-invalid',
      `invalid argument "${count}" for "--tail" flag: strconv.ParseInt: parsing "${count}": invalid syntax`,
    )
  }
  return count < 0 ? undefined : count
}
