// `# name=value` on the first lines of a Dockerfile: syntax, escape and check. The first line that is none ends them.

import { trimLeading } from './characters.ts'
import { SyntaxProblem } from './source-error.ts'

export interface Directives {
  readonly escape: '\\' | '`'
  readonly syntax?: string
  readonly check?: string
  /** How many lines they take. */
  readonly lineCount: number
}

const names = ['syntax', 'escape', 'check'] as const
type Name = (typeof names)[number]

/** @throws SyntaxProblem for one that is given twice, or an escape that is neither \ nor ` */
export function readDirectives(lines: readonly string[]): Directives {
  const found = new Map<Name, string>()
  let lineCount = 0
  for (const line of lines) {
    const directive = parseDirective(trimLeading(line))
    if (directive === undefined) break
    if (found.has(directive.name)) throw twice(directive.name, line)
    found.set(directive.name, directive.value)
    lineCount++
  }
  const [syntax, check] = [found.get('syntax'), found.get('check')]
  return {
    escape: checkEscape(found.get('escape') ?? '\\'),
    ...(syntax === undefined ? {} : { syntax }),
    ...(check === undefined ? {} : { check }),
    lineCount,
  }
}

/** A comment above an instruction may be a directive too: `# check=skip=…` for it alone. */
export function parseDirective(line: string): { name: Name; value: string } | undefined {
  const match = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/.exec(line)
  const name = names.find((known) => known === match?.[1]?.toLowerCase())
  return name === undefined ? undefined : { name, value: (match?.[2] as string).trimEnd() }
}

function checkEscape(value: string): '\\' | '`' {
  if (value === '\\' || value === '`') return value
  throw new SyntaxProblem(`invalid escape character '${value}': must be \\ or \``, { near: value })
}

function twice(name: string, line: string): SyntaxProblem {
  return new SyntaxProblem(`only one ${name} directive may be given`, { near: line.trimStart() })
}
