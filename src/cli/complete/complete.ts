// `__complete LINE…` and `__completeNoDesc LINE…`: cobra's protocol, which the completion scripts of podman speak. A line for each
// candidate, then `:` and the sum of the directives.

import { errorMessage } from '../../base/errors.ts'
import { complain, printLine } from '../render/print.ts'
import { suggest } from './suggest.ts'
import { directives, type Suggestions } from './suggestions.ts'

/** Resolves to the exit code. */
export async function complete([asked, ...line]: readonly string[]): Promise<number> {
  const { candidates, directive } = await suggestions(line)
  for (const { text, about = '' } of candidates) {
    printLine(asked === '__complete' && about !== '' ? `${text}\t${about}` : text)
  }
  printLine(`:${directive.reduce((sum, name) => sum + directives[name], 0)}`)
  complain(`Completion ended with directive: ${directive.map((name) => `ShellCompDirective${name}`).join(', ')}\n`)
  return 0
}

/** A shell that asks in the middle of a line is not to be troubled with errors. */
async function suggestions(line: readonly string[]): Promise<Suggestions> {
  try {
    return await suggest(line)
  } catch (error) {
    complain(`[Debug] [Error] ${errorMessage(error)}\n`)
    return { candidates: [], directive: ['Error'] }
  }
}
