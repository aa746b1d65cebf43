// What `top` and `pod top` print.

import { alignTabs } from '../base/tabwriter.ts'
import { print, printLine } from './render/print.ts'

export const descriptorsOption = {
  type: 'boolean',
  isHidden: true,
  describe: 'List the format descriptors',
} as const
export const descriptorsPositional = {
  name: 'descriptors',
  usage: '[FORMAT-DESCRIPTORS|ARGS...]',
  isOptional: true,
  isRest: true,
  complete: 'none',
} as const

export function printTop(rows: readonly (readonly string[])[]): void {
  print(alignTabs(`${rows.map((cells) => cells.join('\t')).join('\n')}\n`))
}

export async function printDescriptors(): Promise<void> {
  const { descriptorNames } = await import('../engine/container/top-descriptors.ts')
  for (const name of descriptorNames()) printLine(name)
}
