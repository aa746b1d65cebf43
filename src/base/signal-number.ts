// Signals as users write them: 9, KILL, SIGKILL, -KILL, RTMIN+3.

import { constants } from 'node:os'
import { invalid } from './errors.ts'

const realTimeMinimum = 34
const realTimeMaximum = 64
/** From here on they are counted from the end. */
const realTimeMiddle = 50

/** @throws invalid `signal-invalid`, worded as podman does */
export function signalNumber(text: string): number {
  const bare = text.replace(/^-/, '')
  const number = /^\d+$/.test(bare) ? Number(bare) : namedSignal(bare.toUpperCase().replace(/^SIG/, ''))
  if (number === undefined || number === 0) throw invalid('signal-invalid', `invalid signal: ${bare}`)
  if (number > realTimeMaximum) throw invalid('signal-invalid', 'valid signals are 1 through 64')
  return number
}

/** `SIGTERM`, `SIGRTMIN+3`; the number's text where it has no name. */
export function signalName(number: number): string {
  const named = Object.entries(constants.signals).find(([, known]) => known === number)?.[0]
  if (named !== undefined) return named
  if (number < realTimeMinimum || number > realTimeMaximum) return String(number)
  return number < realTimeMiddle ? realTime('MIN', number - realTimeMinimum) : realTime('MAX', number - realTimeMaximum)
}

function realTime(end: string, offset: number): string {
  return `SIGRT${end}${offset > 0 ? '+' : ''}${offset === 0 ? '' : offset}`
}

function namedSignal(name: string): number | undefined {
  const known = (constants.signals as Record<string, number>)[`SIG${name}`]
  if (known !== undefined) return known
  const match = /^RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name)
  if (match === null) return undefined
  const offset = Number(match[3] ?? 0) * (match[2] === '-' ? -1 : 1)
  const number = (match[1] === 'MIN' ? realTimeMinimum : realTimeMaximum) + offset
  return number >= realTimeMinimum && number <= realTimeMaximum ? number : undefined
}
