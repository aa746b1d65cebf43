// Flags of logging → LogFacet.

import { invalid } from '../../base/errors.ts'
import { parseDecimalSize } from '../../base/size.ts'
import { isTerminal } from '../../os/terminal.ts'
import { type LogDriver, type LogFacet, logDrivers } from '../../spec/log.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const logOptions = defineOptions({
  'log-driver': { type: 'string', value: 'driver', describe: `Where output goes: ${logDrivers.join(', ')}` },
  'log-opt': {
    type: 'strings',
    value: 'name=value',
    describe: 'Option of the log driver: path, max-size, max-file, tag',
  },
})

/** @throws invalid `log-driver-invalid`, `log-opt-invalid`, `size-malformed`; unsupported `log-driver-unsupported` */
export function logFacet({ options }: Invocation<typeof logOptions>): LogFacet {
  const given = new Map(options['log-opt'].map(parseOption))
  const driver = driverOf(given.get('driver') ?? options['log-driver'])
  const [path, size, files, tag] = ['path', 'max-size', 'max-file', 'tag'].map((name) => given.get(name))
  const own = new Set(['driver', 'path', 'max-size', 'max-file', 'tag'])
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { maxBytes: parseDecimalSize(size) }),
    ...(files === undefined ? {} : { maxFiles: fileCount(files) }),
    ...(tag === undefined ? {} : { tag }),
    options: Object.fromEntries([...given].filter(([name]) => !own.has(name))),
  }
}

function parseOption(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at === -1) throw invalid('log-opt-invalid', `invalid log option ${JSON.stringify(text)}`)
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1)]
}

function driverOf(text: string | undefined): LogDriver | undefined {
  if (text === undefined || text === '') return undefined
  const driver = logDrivers.find((name) => name === text)
  if (driver === 'passthrough' && [0, 1, 2].some((fd) => isTerminal(fd))) {
    throw invalid(
      'log-driver-invalid',
      "the '--log-driver passthrough' option cannot be used on a TTY",
      'If the container may type into your terminal: --log-driver passthrough-tty',
    )
  }
  if (driver !== undefined) return driver
  throw invalid('log-driver-invalid', `invalid log driver: ${text}`, `Choose from: ${logDrivers.join(', ')}`)
}

function fileCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count > 0) return count
  throw invalid('log-opt-invalid', `invalid log option "max-file=${text}": it must be a number above 0`)
}
