// What the interfaces of a process's network namespace have carried.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'

export interface InterfaceUsage {
  readonly name: string
  readonly received: Traffic
  readonly sent: Traffic
}

export interface Traffic {
  readonly bytes: number
  readonly packets: number
  readonly errors: number
  readonly dropped: number
}

/** All but the loopback; none where the process is gone. */
export function networkUsage(pid: number): InterfaceUsage[] {
  const lines = textOf(pid).split('\n').slice(2)
  return lines.flatMap((line) => {
    const [name = '', counters = ''] = line.split(/:(.*)/s)
    const numbers = counters.trim().split(/\s+/).map(Number)
    if (name.trim() === 'lo' || numbers.length < 16) return []
    return [{ name: name.trim(), received: trafficOf(numbers), sent: trafficOf(numbers.slice(8)) }]
  })
}

function trafficOf([bytes = 0, packets = 0, errors = 0, dropped = 0]: readonly number[]): Traffic {
  return { bytes, packets, errors, dropped }
}

function textOf(pid: number): string {
  try {
    return absentAsUndefined(() => readFileSync(`/proc/${pid}/net/dev`, 'utf8')) ?? ''
  } catch (error) {
    // It ended between the opening and the reading.
    if (errnoOf(error) === 'EINVAL' || errnoOf(error) === 'ESRCH') return ''
    throw error
  }
}
