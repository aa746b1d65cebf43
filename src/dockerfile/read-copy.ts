// COPY and ADD.

import { readFlags } from './flags.ts'
import { finishHeredoc, parseHeredocMark } from './heredoc.ts'
import type { CopyInstruction } from './instruction.ts'
import { common } from './instruction-parts.ts'
import { parseJsonForm } from './json-form.ts'
import { SyntaxProblem } from './source-error.ts'
import { splitBlanks } from './split-words.ts'
import type { Statement } from './statement.ts'

const sharedFlags = { chown: 'text', chmod: 'text', link: 'boolean', exclude: 'list', parents: 'boolean' } as const

export function readCopy(statement: Statement): CopyInstruction {
  const { from, ...flags } = readFlags(statement.flags, { from: 'text', ...sharedFlags })
  return {
    ...readPlaces(statement, flags),
    kind: 'copy',
    keepsGitFolder: false,
    ...(from === undefined ? {} : { from }),
  }
}

export function readAdd(statement: Statement): CopyInstruction {
  const {
    'keep-git-dir': keeps,
    checksum,
    unpack,
    ...flags
  } = readFlags(statement.flags, {
    checksum: 'text',
    'keep-git-dir': 'boolean',
    unpack: 'boolean',
    ...sharedFlags,
  })
  return {
    ...readPlaces(statement, flags),
    kind: 'add',
    keepsGitFolder: keeps === true,
    ...(checksum === undefined ? {} : { checksum }),
    ...(unpack === undefined ? {} : { isUnpacked: unpack }),
  }
}

interface SharedFlags {
  readonly chown: string | undefined
  readonly chmod: string | undefined
  readonly link: boolean | undefined
  readonly parents: boolean | undefined
  readonly exclude: readonly string[]
}

function readPlaces(statement: Statement, { chown, chmod, link, parents, exclude }: SharedFlags) {
  const words = parseJsonForm(statement.rest) ?? splitBlanks(statement.rest)
  const target = words.at(-1)
  if (target === undefined || words.length < 2) {
    throw new SyntaxProblem(`${statement.keyword} needs at least one source and a target`, {
      hint: `${statement.keyword.toUpperCase()} SOURCE… TARGET`,
    })
  }
  if (parseHeredocMark(target) !== undefined) {
    throw new SyntaxProblem(`${statement.keyword} cannot copy to a heredoc`, { near: target })
  }
  return {
    ...common(statement),
    sources: words.slice(0, -1).filter((word) => parseHeredocMark(word) === undefined),
    heredocs: statement.heredocs.map(finishHeredoc),
    target,
    isLink: link === true,
    keepsParents: parents === true,
    excluded: exclude,
    ...(chown === undefined ? {} : { chown }),
    ...(chmod === undefined ? {} : { chmod }),
  }
}
