// build --check: what is doubtful in a Dockerfile, and no build.

import type { Finding } from '../dockerfile/check-report.ts'
import type { Dockerfile } from '../dockerfile/instruction.ts'
import { parseDockerfile } from '../dockerfile/parse-dockerfile.ts'
import type { BuildRequest } from '../engine/build/build-request.ts'
import { findDoubts } from '../engine/build/find-doubts.ts'
import { printLine } from './render/print.ts'

/** Answers the exit code: 1 with findings, as Docker's. @throws invalid for what is no Dockerfile */
export function checkBuild(requests: readonly BuildRequest[]): number {
  const [request] = requests
  if (request === undefined) return 0
  const dockerfile = parseDockerfile(request.dockerfile.text, { path: request.dockerfile.path })
  const { findings } = findDoubts(dockerfile, request)
  for (const finding of findings) printFinding(dockerfile, finding)
  if (findings.length === 0) printLine('Check complete, no warnings found.')
  else printLine(`Check complete, ${findings.length} warning${findings.length === 1 ? ' has' : 's have'} been found!`)
  return findings.length === 0 ? 0 : 1
}

const margin = '--------------------'
const contextLines = 2

/** With the lines around it, its own marked. */
function printFinding({ path, lines }: Dockerfile, { rule, url, message, range }: Finding): void {
  const first = Math.max(1, range.startLine - contextLines)
  const last = Math.min(lines.length, range.endLine + contextLines)
  printLine(`WARNING: ${rule} - ${url}`)
  printLine(message)
  printLine(`${path}:${range.startLine}`)
  printLine(margin)
  for (let line = first; line <= last; line++) {
    const isOwn = line >= range.startLine && line <= range.endLine
    printLine(`${String(line).padStart(4)} | ${isOwn ? '>>> ' : '    '}${lines[line - 1] ?? ''}`.trimEnd())
  }
  printLine(`${margin}\n`)
}
