// Heredocs: `<<NAME`, `<<-NAME` and `<<'NAME'` on an instruction's line, their texts on the lines below it.

import { expandWord, expandWords, type WordOptions } from './expand-word.ts'
import type { Command, Heredoc } from './instruction.ts'

/** A heredoc's mark, before its text has been read. */
export interface HeredocMark {
  readonly name: string
  readonly isExpanded: boolean
  /** `<<-`: tabs at the start of each line go, before the closing name too. */
  readonly isChomped: boolean
}

export interface RawHeredoc extends HeredocMark {
  /** As in the file. */
  readonly content: string
}

const plain: WordOptions = { escape: '\\', lookup: () => undefined, keepsUnset: true }

/** The marks of a line, in order; none where its quotes do not close. */
export function heredocMarks(line: string): HeredocMark[] {
  if (!line.includes('<<')) return []
  return lineWords(line).flatMap((word) => parseHeredocMark(word) ?? [])
}

function lineWords(line: string): string[] {
  try {
    return expandWords(line, { ...plain, keepsQuotes: true, keepsEscapes: true })
  } catch {
    return []
  }
}

/** Of `<<NAME` alone; undefined for any other word. */
export function parseHeredocMark(word: string): HeredocMark | undefined {
  const match = /^\d*<<(-?)[\t\n\v\f\r ]*([^<]+)$/.exec(word)
  if (match === null) return undefined
  const rest = match[2] as string
  const words = expandWords(rest, plain)
  if (words.length !== 1) return undefined
  const name = words[0] as string
  const isExpanded = expandWord(rest, { ...plain, keepsQuotes: true }) === expandWord(rest, plain)
  return { name, isExpanded, isChomped: match[1] === '-' }
}

export function finishHeredoc({ name, isExpanded, isChomped, content }: RawHeredoc): Heredoc {
  if (!isChomped) return { name, isExpanded, content }
  return { name, isExpanded, content: content.replaceAll(/^\t+/gm, ''), written: content }
}

/** What a RUN's shell form comes to: one text for the stage's shell, or a file that is the program (it begins with `#!`). */
export type RunScript =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly content: string; readonly name: string }

/** `RUN <<EOF` runs what the heredoc says; any other heredoc is the shell's to read, so it is put back below the line. */
export function runScript(command: Command & { form: 'shell' }): RunScript {
  const [first] = command.heredocs
  if (first === undefined) return { kind: 'text', text: command.text }
  if (parseHeredocMark(command.text) !== undefined) {
    const { name, content } = first
    return content.startsWith('#!') ? { kind: 'file', name, content } : { kind: 'text', text: content }
  }
  const documents = command.heredocs.map(({ name, content }) => `\n${content}${name}`)
  return { kind: 'text', text: command.text + documents.join('') }
}
