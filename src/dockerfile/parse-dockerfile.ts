// Text → Dockerfile.

import { invalid } from '../base/errors.ts'
import { type Directives, readDirectives } from './directives.ts'
import type { ArgInstruction, Dockerfile, FromInstruction, Instruction, Stage } from './instruction.ts'
import { readInstruction } from './read-instruction.ts'
import { errorAt, type Source, SyntaxProblem } from './source-error.ts'
import { type Escape, readStatements, StatementProblem, splitLines } from './statement.ts'

/** No Dockerfile that a person wrote is near this; heredocs count. */
const maxBytes = 4 << 20
const maxInstructions = 100_000

/**
 * @param path how errors name the file
 * @throws invalid `dockerfile-malformed` with file, line, column and the line itself
 */
export function parseDockerfile(text: string, { path }: { path: string }): Dockerfile {
  if (text.length > maxBytes) {
    throw invalid('dockerfile-malformed', `${path}: larger than ${maxBytes} bytes, which no Dockerfile is`)
  }
  const lines = splitLines(text.startsWith('\uFEFF') ? text.slice(1) : text)
  const source: Source = { path, lines: lines.map((line) => line.replace(/[\r\n]+$/, '')) }
  const { lineCount, ...directives } = directivesOf(source)
  const instructions = readAll(lines, source, { from: lineCount, escape: directives.escape })
  return { ...directives, ...source, ...stagesOf(instructions, source) }
}

/**
 * An ONBUILD trigger, as an image's config has it.
 * @param path how errors name it: the image
 * @throws invalid `dockerfile-malformed`
 */
export function parseTrigger(text: string, { path, escape }: { path: string; escape: Escape }): Instruction {
  const lines = splitLines(text.slice(0, maxBytes))
  const source: Source = { path, lines: lines.map((line) => line.replace(/[\r\n]+$/, '')) }
  const [first, ...others] = readAll(lines, source, { from: 0, escape })
  if (first !== undefined && first.kind !== 'from' && others.length === 0) return first
  throw invalid('dockerfile-malformed', `${path}: '${text.slice(0, 200)}' is no ONBUILD trigger`)
}

function directivesOf(source: Source): Directives {
  try {
    return readDirectives(source.lines)
  } catch (error) {
    throw errorAt(source, { startLine: 1, endLine: Math.min(source.lines.length, 4) }, error)
  }
}

function readAll(
  lines: readonly string[],
  source: Source,
  options: { from: number; escape: Escape },
): (Instruction | FromInstruction)[] {
  const found: (Instruction | FromInstruction)[] = []
  let range = { startLine: 1, endLine: 1 }
  try {
    for (const statement of readStatements(lines, options)) {
      range = statement.range
      if (found.length >= maxInstructions) throw new SyntaxProblem(`more than ${maxInstructions} instructions`)
      found.push(readInstruction(statement, options.escape))
    }
  } catch (error) {
    if (error instanceof StatementProblem) throw errorAt(source, error.range, error.cause)
    throw errorAt(source, range, error)
  }
  return found
}

function stagesOf(
  all: readonly (Instruction | FromInstruction)[],
  source: Source,
): Pick<Dockerfile, 'globalArgs' | 'stages'> {
  const globalArgs: ArgInstruction[] = []
  const stages: (Stage & { instructions: Instruction[] })[] = []
  for (const instruction of all) {
    const stage = stages.at(-1)
    if (instruction.kind === 'from') stages.push({ index: stages.length, from: instruction, instructions: [] })
    else if (stage !== undefined) stage.instructions.push(instruction)
    else if (instruction.kind === 'arg') globalArgs.push(instruction)
    else throw errorAt(source, instruction.range, new SyntaxProblem('only ARG may stand before the first FROM'))
  }
  if (stages.length > 0) return { globalArgs, stages }
  throw invalid('dockerfile-malformed', `${source.path}: it has no FROM`, 'A Dockerfile starts with FROM IMAGE.')
}
