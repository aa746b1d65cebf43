// -q of the commands that move images: no progress, only what they print at the end.

import { silenceProgress } from '../render/report.ts'

export const quietOption = (describe: string) => ({ type: 'boolean', short: 'q', describe }) as const

export function beQuietIf(isQuiet: boolean): void {
  if (isQuiet) silenceProgress()
}
