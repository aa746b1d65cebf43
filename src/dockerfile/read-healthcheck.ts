// HEALTHCHECK.

import { parseGoDuration } from '../base/duration.ts'
import { readFlags } from './flags.ts'
import type { Command, HealthcheckInstruction } from './instruction.ts'
import { common, readCommand } from './instruction-parts.ts'
import { SyntaxProblem } from './source-error.ts'
import type { Statement } from './statement.ts'

export function readHealthcheck(statement: Statement): HealthcheckInstruction {
  const flags = readFlags(statement.flags, {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  })
  const durations = {
    intervalNs: readDuration('interval', flags.interval),
    timeoutNs: readDuration('timeout', flags.timeout),
    startPeriodNs: readDuration('start-period', flags['start-period']),
    startIntervalNs: readDuration('start-interval', flags['start-interval']),
    retries: readRetries(flags.retries),
  }
  const given = Object.fromEntries(Object.entries(durations).filter(([, value]) => value !== undefined))
  return { ...common(statement), kind: 'healthcheck', command: readTest(statement), ...given }
}

function readTest(statement: Statement): Command | 'none' {
  const match = /^(\S*)\s*([^]*)$/.exec(statement.rest) as RegExpExecArray
  const [word, rest] = [match[1] as string, match[2] as string]
  if (word.toUpperCase() === 'NONE') {
    if (rest === '') return 'none'
    throw new SyntaxProblem('HEALTHCHECK NONE takes no arguments', { near: rest })
  }
  if (word.toUpperCase() !== 'CMD') {
    throw new SyntaxProblem(
      word === '' ? 'HEALTHCHECK needs CMD or NONE' : `HEALTHCHECK is CMD or NONE, not '${word}'`,
      {
        ...(word === '' ? {} : { near: word }),
        hint: 'HEALTHCHECK [--interval=30s …] CMD COMMAND',
      },
    )
  }
  if (rest === '') throw new SyntaxProblem('HEALTHCHECK CMD needs a command', { near: word })
  return readCommand(rest, statement)
}

const minimumNs = 1e6

/** Zero and nothing are the default's. */
function readDuration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const ns = parsedDuration(flag, text)
  if (ns === 0) return undefined
  if (ns >= minimumNs) return ns
  throw new SyntaxProblem(`--${flag} must be 1ms at least, not '${text}'`, { near: `--${flag}` })
}

function parsedDuration(flag: string, text: string): number {
  try {
    return parseGoDuration(text)
  } catch {
    throw new SyntaxProblem(`--${flag} is no duration: '${text}'`, {
      near: `--${flag}`,
      hint: 'Write 90s, 5m or 1h30m.',
    })
  }
}

function readRetries(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new SyntaxProblem(`--retries is a whole number, not '${text}'`, { near: '--retries' })
}
