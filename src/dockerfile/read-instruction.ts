// A statement to an instruction: which words and flags each keyword takes.

import { invalid } from '../base/errors.ts'
import { readFlags } from './flags.ts'
import type { Command, FromInstruction, Instruction, ListInstruction, Pair, TextInstruction } from './instruction.ts'
import { common, readCommand } from './instruction-parts.ts'
import { parseJsonForm } from './json-form.ts'
import { didYouMean } from './nearest-word.ts'
import { readAdd, readCopy } from './read-copy.ts'
import { readHealthcheck } from './read-healthcheck.ts'
import { parseRunMount } from './run-mount.ts'
import { SyntaxProblem } from './source-error.ts'
import { splitBlanks, splitWords } from './split-words.ts'
import { checkStageName } from './stage-name.ts'
import { type Escape, type Statement, splitStatement } from './statement.ts'

type Reader = (statement: Statement, escape: Escape) => Instruction | FromInstruction

const readers: Readonly<Record<string, Reader>> = {
  from: readFrom,
  arg: readArg,
  env: (statement, escape) => ({ ...common(statement), kind: 'env', pairs: readPairs(statement, escape) }),
  label: (statement, escape) => ({ ...common(statement), kind: 'label', pairs: readPairs(statement, escape) }),
  run: readRun,
  copy: readCopy,
  add: readAdd,
  cmd: (statement) => ({ ...common(statement), kind: 'cmd', command: readPlainCommand(statement) }),
  entrypoint: (statement) => ({ ...common(statement), kind: 'entrypoint', command: readPlainCommand(statement) }),
  shell: readShell,
  workdir: readText,
  user: readText,
  stopsignal: readText,
  maintainer: readText,
  expose: readList,
  volume: readList,
  healthcheck: readHealthcheck,
  onbuild: readOnbuild,
}

const keywords = Object.keys(readers).map((keyword) => keyword.toUpperCase())

/** @throws SyntaxProblem, EngineError */
export function readInstruction(statement: Statement, escape: Escape): Instruction | FromInstruction {
  const { keyword } = statement
  const reader = Object.hasOwn(readers, keyword.toLowerCase()) ? readers[keyword.toLowerCase()] : undefined
  if (reader !== undefined) return reader(statement, escape)
  throw new SyntaxProblem(`unknown instruction '${keyword}'`, { near: keyword, ...didYouMean(keyword, keywords) })
}

function readPlainCommand(statement: Statement): Command {
  readFlags(statement.flags, {})
  return statement.rest === '' ? { form: 'exec', words: [] } : readCommand(statement.rest, statement)
}

function readFrom(statement: Statement): FromInstruction {
  const { platform } = readFlags(statement.flags, { platform: 'text' })
  const [image, as, name, ...others] = splitBlanks(statement.rest)
  const hasName = as?.toLowerCase() === 'as' && name !== undefined && others.length === 0
  if (image === undefined || !(as === undefined || hasName)) {
    throw new SyntaxProblem('FROM takes an image, and AS and a name after it if the stage has one', {
      ...(as === undefined ? {} : { near: as }),
      hint: 'FROM [--platform=PLATFORM] IMAGE [AS NAME]',
    })
  }
  return {
    ...common(statement),
    kind: 'from',
    image,
    ...(platform === undefined ? {} : { platform }),
    ...(name === undefined ? {} : { name: name.includes('$') ? name : checkStageName(name) }),
  }
}

function readArg(statement: Statement, escape: Escape): Instruction {
  readFlags(statement.flags, {})
  const args = splitWords(atLeastOne(statement), escape).map((word) => {
    const { name, value } = splitPair(word)
    if (name === '') throw new SyntaxProblem(`'${word}' names no argument`, { near: word })
    return value === undefined ? { name } : { name, value }
  })
  return { ...common(statement), kind: 'arg', args }
}

/** `name=value …`, or the old `name value` where the first word has no `=`. */
function readPairs(statement: Statement, escape: Escape): Pair[] {
  readFlags(statement.flags, {})
  const rest = atLeastOne(statement)
  const words = splitWords(rest, escape)
  if (words[0]?.includes('=') !== true) return [oldPair(statement.keyword, rest)]
  return words.map((word) => {
    const { name, value } = splitPair(word)
    if (value === undefined) throw new SyntaxProblem(`'${word}' has no =`, { near: word, hint: 'Write NAME=VALUE.' })
    if (name === '') throw new SyntaxProblem(`'${word}' has no name before its =`, { near: word })
    return { name, value }
  })
}

function oldPair(keyword: string, rest: string): Pair {
  const match = /^([^\t\v\f\r ]*)[\t\v\f\r ]+([^]*)$/.exec(rest)
  if (match !== null) return { name: match[1] as string, value: match[2] as string }
  throw new SyntaxProblem(`${keyword} needs a value for '${rest}'`, { near: rest, hint: 'Write NAME=VALUE.' })
}

function splitPair(word: string): { name: string; value?: string } {
  const equals = word.indexOf('=')
  return equals < 0 ? { name: word } : { name: word.slice(0, equals), value: word.slice(equals + 1) }
}

function readRun(statement: Statement): Instruction {
  const { mount, network, security, device } = readFlags(statement.flags, {
    mount: 'list',
    network: 'text',
    security: 'text',
    device: 'list',
  })
  // A mount with a variable is checked when it is expanded.
  for (const text of mount) if (!text.includes('$')) parseRunMount(text)
  checkChoice('network', network, ['default', 'none', 'host'])
  checkChoice('security', security, ['sandbox', 'insecure'])
  return {
    ...common(statement),
    kind: 'run',
    command: readCommand(atLeastOne(statement), statement),
    mounts: mount,
    devices: device,
    ...(network === undefined ? {} : { network }),
    ...(security === undefined ? {} : { security }),
  }
}

function checkChoice(flag: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return
  throw new SyntaxProblem(`--${flag} is ${choices.join(', ')}, not '${value}'`, { near: `--${flag}` })
}

function readShell(statement: Statement): Instruction {
  readFlags(statement.flags, {})
  const words = parseJsonForm(atLeastOne(statement))
  if (words !== undefined && words.length > 0) return { ...common(statement), kind: 'shell', words }
  throw new SyntaxProblem('SHELL takes a JSON array with a program', { hint: 'SHELL ["/bin/bash", "-c"]' })
}

function readText(statement: Statement): TextInstruction {
  readFlags(statement.flags, {})
  const kind = statement.keyword.toLowerCase() as TextInstruction['kind']
  return { ...common(statement), kind, text: atLeastOne(statement) }
}

function readList(statement: Statement): ListInstruction {
  readFlags(statement.flags, {})
  const kind = statement.keyword.toLowerCase() as ListInstruction['kind']
  const rest = atLeastOne(statement)
  const words = (kind === 'volume' ? parseJsonForm(rest) : undefined) ?? splitBlanks(rest)
  if (words.length === 0 || words.some((word) => word.trim() === '')) {
    throw new SyntaxProblem(`${statement.keyword} has an empty argument`)
  }
  return { ...common(statement), kind, words: words.map((word) => word.trim()) }
}

const neverTriggers = ['ONBUILD', 'FROM', 'MAINTAINER']

function readOnbuild(statement: Statement, escape: Escape): Instruction {
  readFlags(statement.flags, {})
  const text = atLeastOne(statement)
  const inner = splitStatement(text, escape)
  if (neverTriggers.includes(inner.keyword.toUpperCase())) {
    throw new SyntaxProblem(`${inner.keyword} cannot follow ONBUILD`, { near: inner.keyword })
  }
  // Read once, so that a fault shows in the build that has the Dockerfile at hand.
  readInstruction({ ...statement, ...inner, original: text }, escape)
  const documents = statement.heredocs.map(({ name, content }) => `\n${content}${name}`)
  return { ...common(statement), kind: 'onbuild', text: text + documents.join('') }
}

function atLeastOne({ keyword, rest }: Statement): string {
  if (rest !== '') return rest
  throw invalid('dockerfile-malformed', `${keyword} needs an argument`)
}
