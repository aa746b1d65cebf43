// Judge from outside: BuildKit's own parser test files parse to the same result, its expansion tables give the same words.
// Usage: node test/judge/buildkit-parser.ts PATH-OF-BUILDKIT'S-SOURCES

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDirectives } from '../../src/dockerfile/directives.ts'
import { expandWord, expandWords } from '../../src/dockerfile/expand-word.ts'
import { parseJsonForm } from '../../src/dockerfile/json-form.ts'
import { splitBlanks, splitWords } from '../../src/dockerfile/split-words.ts'
import {
  type Escape,
  readStatements,
  type Statement,
  splitLines,
  splitStatement,
} from '../../src/dockerfile/statement.ts'

const root = join(process.argv[2] ?? '/tmp/buildkit-src', 'frontend/dockerfile')
const failures: string[] = []
let count = 0

function judge(name: string, expected: string, actual: () => string): void {
  count++
  const got = attempt(actual)
  if (got !== expected)
    failures.push(`${name}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(got)}`)
}

function attempt(actual: () => string): string {
  try {
    return actual()
  } catch (error) {
    return process.env['JUDGE_ERRORS'] === undefined ? 'error' : `error: ${String(error)}`
  }
}

for (const name of readdirSync(join(root, 'parser/testfiles'))) {
  const folder = join(root, 'parser/testfiles', name)
  const text = readFileSync(join(folder, 'Dockerfile'), 'utf8')
  judge(`parser/${name}`, readFileSync(join(folder, 'result'), 'utf8').trimEnd(), () => dump(text))
}
for (const name of readdirSync(join(root, 'parser/testfiles-negative'))) {
  const text = readFileSync(join(root, 'parser/testfiles-negative', name, 'Dockerfile'), 'utf8')
  judge(`negative/${name}`, 'error', () => dump(text))
}
judgeVariables()
judgeWords()

process.stdout.write(
  `${failures.join('\n')}${failures.length > 0 ? '\n' : ''}${count - failures.length} of ${count} as BuildKit\n`,
)
process.exitCode = failures.length === 0 ? 0 : 1

/** The notation of BuildKit's result files. */
function dump(text: string): string {
  const lines = splitLines(text.replace(/^\uFEFF/, ''))
  const { escape, lineCount } = readDirectives(lines.map((line) => line.replace(/[\r\n]+$/, '')))
  const statements = [...readStatements(lines, { from: lineCount, escape })]
  if (statements.length === 0) throw new Error('no instructions')
  return statements.map((statement) => `(${dumpStatement(statement, escape)})`).join('\n')
}

function dumpStatement(statement: Pick<Statement, 'keyword' | 'flags' | 'rest'>, escape: Escape): string {
  const { keyword, flags, rest } = statement
  const flagText = flags.length === 0 ? '' : ` [${flags.map(quote).join(' ')}]`
  const words = dumpWords(keyword.toLowerCase(), rest, escape)
  return [`${keyword.toLowerCase()}${flagText}`, ...words].join(' ')
}

function dumpWords(keyword: string, rest: string, escape: Escape): string[] {
  switch (keyword) {
    case 'add':
    case 'copy':
    case 'volume':
      return (parseJsonForm(rest) ?? splitBlanks(rest)).map(quote)
    case 'expose':
    case 'from':
      return splitBlanks(rest).map(quote)
    case 'arg':
      return splitWords(rest, escape).map(quote)
    case 'env':
    case 'label':
      return dumpPairs(rest, escape)
    case 'healthcheck': {
      const [, word = '', command = ''] = /^(\S*)\s*([^]*)$/.exec(rest) ?? []
      if (word === '') return []
      return [quote(word), ...(command === '' ? [] : (parseJsonForm(command) ?? [command]).map(quote))]
    }
    case 'onbuild':
      return [`(${dumpStatement(splitStatement(rest, escape), escape)})`]
    default:
      return rest === '' ? [] : (parseJsonForm(rest) ?? [rest]).map(quote)
  }
}

function dumpPairs(rest: string, escape: Escape): string[] {
  const words = splitWords(rest, escape)
  if (words[0]?.includes('=') === true) {
    return words.flatMap((word) => {
      const equals = word.indexOf('=')
      if (equals < 0) throw new Error('no =')
      return [quote(word.slice(0, equals)), quote(word.slice(equals + 1)), quote('=')]
    })
  }
  const [, name, value] = /^(\S+)\s+([^]+)$/.exec(rest) ?? []
  if (name === undefined || value === undefined) throw new Error('no value')
  return [quote(name), quote(value), quote('')]
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\\u0000', '\\x00')
}

function judgeVariables(): void {
  const variables = new Map([
    ['PWD', '/home'],
    ['SHELL', 'bash'],
    ['KOREAN', '한국어'],
    ['NULL', ''],
  ])
  for (const line of readFileSync(join(root, 'shell/envVarTest'), 'utf8').split('\n')) {
    if (line.startsWith('#') || line.trim() === '') continue
    const [platform, word, expected] = line.split('|').map((part) => part.trim())
    if (platform === 'W') continue
    const options = { escape: '\\', lookup: (name: string) => variables.get(name) } as const
    judge(`variables: ${word}`, expected as string, () => expandWord(word as string, options))
  }
}

function judgeWords(): void {
  const variables = new Map<string, string>()
  for (const line of readFileSync(join(root, 'shell/wordsTest'), 'utf8').split('\n')) {
    if (line.startsWith('#') || line === '') continue
    if (line.startsWith('ENV ')) {
      const [name, ...value] = line.slice(4).trimStart().split('=')
      variables.set(name as string, value.join('='))
      continue
    }
    const [words, expected] = line.split('|') as [string, string]
    const options = { escape: '\\', lookup: (name: string) => variables.get(name) } as const
    judge(`words: ${words}`, expected.trimStart(), () => expandWords(words.trim(), options).join(','))
  }
}
