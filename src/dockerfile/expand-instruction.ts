// Which words of which instruction variables stand in, by the Dockerfile reference. Never in CMD, ENTRYPOINT, RUN's command, HEALTHCHECK, SHELL
// and ONBUILD: those are a shell's, or a later build's.

import { expandWord, expandWords, type WordOptions } from './expand-word.ts'
import type { CopyInstruction, Heredoc, Instruction, Pair, RunInstruction } from './instruction.ts'
import { expandMount } from './mount-text.ts'

/** ARG is the scope's own. */
type Expandable = Exclude<Instruction, { kind: 'arg' }>

/** @throws invalid `word-malformed` */
export function expandInstruction<T extends Instruction>(instruction: T, options: WordOptions): T {
  return expanded(instruction as Expandable, options) as T
}

function expanded(instruction: Expandable, options: WordOptions): Instruction {
  const word = (text: string) => expandWord(text, options)
  switch (instruction.kind) {
    case 'env':
    case 'label':
      return { ...instruction, pairs: expandPairs(instruction.pairs, word) }
    case 'copy':
    case 'add':
      return expandCopy(instruction, options)
    case 'run':
      return expandRun(instruction, word)
    case 'workdir':
    case 'user':
    case 'stopsignal':
      return { ...instruction, text: word(instruction.text) }
    case 'expose':
      return { ...instruction, words: expandWords(instruction.words.join(' '), options) }
    case 'volume':
      return { ...instruction, words: instruction.words.map(word) }
    default:
      return instruction
  }
}

type Expand = (text: string) => string

function expandPairs(pairs: readonly Pair[], word: Expand): Pair[] {
  return pairs.map(({ name, value }) => ({ name: word(name), value: word(value) }))
}

function expandRun(instruction: RunInstruction, word: Expand): RunInstruction {
  return { ...instruction, mounts: instruction.mounts.map((mount) => expandMount(mount, word)) }
}

function expandCopy(instruction: CopyInstruction, options: WordOptions): CopyInstruction {
  const word = (text: string) => expandWord(text, options)
  const { from, chown, chmod, checksum } = instruction
  const flags = Object.entries({ from, chown, chmod, checksum }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, word(text)] as const],
  )
  return {
    ...instruction,
    ...Object.fromEntries(flags),
    sources: instruction.sources.map(word),
    heredocs: instruction.heredocs.map((heredoc) => expandHeredoc(heredoc, options)),
    target: word(instruction.target),
  }
}

/** Quotes mean nothing in a file's text, and the escape is always the backslash. */
function expandHeredoc(heredoc: Heredoc, { lookup }: WordOptions): Heredoc {
  if (!heredoc.isExpanded) return heredoc
  return { ...heredoc, content: expandWord(heredoc.content, { escape: '\\', lookup, ignoresQuotes: true }) }
}
