// What history says of an instruction: buildah's texts.

import type { CopyInstruction, Instruction } from '../../dockerfile/instruction.ts'

export interface SaidArgs {
  /** `NAME=value` of all build arguments that a RUN sees, but for those that nobody declared, sorted. */
  readonly entries: readonly string[]
  /** Names of those that have a value, sorted. */
  readonly names: readonly string[]
}

const noOperation = '/bin/sh -c #(nop) '

/** `instruction` as written; `summary` of what COPY or ADD brings, or what a RUN is shown (`:sha256:…` for each bind). */
export function createdBy(instruction: Instruction, args: SaidArgs, summary = ''): string {
  switch (instruction.kind) {
    case 'arg':
      return `${noOperation}ARG ${args.names.join(' ')}`
    case 'run':
      return `${argsText(args)}/bin/sh -c ${instruction.original.slice('RUN '.length)}${heredocText(instruction)}${summary}`
    case 'copy':
    case 'add':
      return copyText(instruction, summary)
    default:
      return `${noOperation}${instruction.original}`
  }
}

function argsText({ entries }: SaidArgs): string {
  if (entries.length === 0) return ''
  const text = entries.join(' ')
  return `|${text.split(' ').length} ${text} `
}

function heredocText({ command }: Extract<Instruction, { kind: 'run' }>): string {
  if (command.form !== 'shell') return ''
  return command.heredocs.map(({ content, written }) => `\n${(written ?? content).trim()}`).join('')
}

function copyText({ kind, isLink, target }: CopyInstruction, summary: string): string {
  return `${noOperation}${kind.toUpperCase()}${isLink ? ' --link' : ''} ${summary} in ${target} `
}
