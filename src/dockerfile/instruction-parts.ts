// What the readers of instructions share.

import { finishHeredoc } from './heredoc.ts'
import type { Command } from './instruction.ts'
import { parseJsonForm } from './json-form.ts'
import type { Statement } from './statement.ts'

export function common({ range, original, comments, hasBlankContinuation }: Statement) {
  return {
    range,
    original,
    ...(comments.length === 0 ? {} : { comments }),
    ...(hasBlankContinuation ? { hasBlankContinuation } : {}),
  }
}

/** JSON or shell form, with the statement's heredocs. */
export function readCommand(text: string, statement: Statement): Command {
  const words = parseJsonForm(text)
  if (words !== undefined) return { form: 'exec', words }
  return { form: 'shell', text, heredocs: statement.heredocs.map(finishHeredoc) }
}
