// system locks: who holds which lock since when, and who waits for it.

import { humanDuration } from '../../../base/duration.ts'
import type { LockInUse } from '../../../engine/system/locks.ts'
import { defineCommand } from '../../command.ts'
import { printJson } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

export default defineCommand({
  options: {
    format: {
      type: 'string',
      value: 'format',
      describe: 'Pretty-print the locks to JSON or using a Go template',
      fields: 'Lock Path State PID Command Since',
    },
    noheading: { type: 'boolean', describe: 'Do not print headers' },
  },
  description: 'Takes no lock, and so never waits for one. A running container is a lock that its monitor holds.',
  examples: ['gantry system locks', "gantry system locks --format '{{.PID}} {{.Command}}'"],
  async run(open, { options: { format, noheading } }) {
    const engine = await open()
    const { locks } = await import('../../../engine/system/locks.ts')
    const rows = locks(engine).map(rowOf)
    if (format !== undefined && isJsonFormat(format)) printJson(rows)
    else {
      printRows({
        format: format ?? 'table {{.Lock}}\t{{.State}}\t{{.PID}}\t{{.Command}}\t{{.Since}}',
        rows,
        headings: { PID: 'PID' },
        isHeadingHidden: noheading,
      })
    }
    return 0
  },
})

function rowOf({ label, path, pid, isWaiting, command, since }: LockInUse) {
  return {
    Lock: label,
    Path: path,
    State: isWaiting ? 'waiting' : 'held',
    PID: pid,
    Command: command,
    Since: since === undefined ? '' : `${humanDuration((Date.now() - Date.parse(since)) * 1e6)} ago`,
  }
}
