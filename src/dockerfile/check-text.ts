// Rules of --check that the text alone answers: casing, names, old forms.

import type { Report } from './check-report.ts'
import type { ArgInstruction, Dockerfile, EnvInstruction, FromInstruction, Instruction, Stage } from './instruction.ts'
import { splitBlanks, splitWords } from './split-words.ts'
import { type Escape, splitStatement } from './statement.ts'

export function checkText(dockerfile: Dockerfile, report: Report): void {
  checkCasing(dockerfile, report)
  checkStageNames(dockerfile.stages, report)
  const all = [
    ...dockerfile.globalArgs,
    ...dockerfile.stages.flatMap(({ from, instructions }) => [from, ...instructions]),
  ]
  for (const instruction of all) checkInstruction(instruction, dockerfile.escape, report)
}

function checkInstruction(instruction: Instruction | FromInstruction, escape: Escape, report: Report): void {
  if (instruction.hasBlankContinuation === true) {
    report('NoEmptyContinuation', instruction, 'a blank line inside an instruction; later builders will refuse it')
  }
  switch (instruction.kind) {
    case 'from':
      return checkFromText(instruction, escape, report)
    case 'maintainer':
      return report(
        'MaintainerDeprecated',
        instruction,
        'MAINTAINER is out of use: write LABEL org.opencontainers.image.authors=…',
      )
    case 'env':
    case 'label':
      if (isOldForm(instruction.original, escape)) {
        const keyword = instruction.kind.toUpperCase()
        report('LegacyKeyValueFormat', instruction, `write ${keyword} name=value instead of ${keyword} name value`)
      }
      if (instruction.kind === 'env') checkSecrets(instruction, report)
      return
    case 'arg':
      checkSecrets(instruction, report)
      return checkDescription(
        instruction,
        instruction.args.map(({ name }) => name),
        report,
      )
    default:
  }
}

function checkFromText(from: FromInstruction, escape: Escape, report: Report): void {
  const { keyword, rest } = splitStatement(from.original, escape)
  const [, as = '', name = ''] = splitBlanks(rest)
  if (name !== name.toLowerCase()) report('StageNameCasing', from, `stage name '${name}' should be in lower case`)
  const wanted = keyword === keyword.toLowerCase() ? as.toLowerCase() : as.toUpperCase()
  if (isOneCase(keyword) && as !== wanted) {
    report('FromAsCasing', from, `'${as}' is not in the same case as '${keyword}'`)
  }
  if (from.name !== undefined) checkDescription(from, [from.name], report)
}

function isOneCase(word: string): boolean {
  return word === word.toLowerCase() || word === word.toUpperCase()
}

function isOldForm(original: string, escape: Escape): boolean {
  const [first = ''] = splitWords(splitStatement(original, escape).rest, escape)
  return !first.includes('=')
}

/** Upper case is what is expected where neither is in the majority. */
function checkCasing({ stages }: Dockerfile, report: Report): void {
  const all = stages.flatMap(({ from, instructions }) => [from, ...instructions])
  const words = all.map((instruction) => ({ instruction, word: instruction.original.split(/\s/, 1)[0] as string }))
  const lower = words.filter(({ word }) => word === word.toLowerCase()).length
  const upper = words.filter(({ word }) => word === word.toUpperCase()).length
  const wanted = lower > upper ? 'lower' : 'upper'
  for (const { instruction, word } of words) {
    if (word === (wanted === 'lower' ? word.toLowerCase() : word.toUpperCase())) continue
    report(
      'ConsistentInstructionCasing',
      instruction,
      `'${word}' should be in ${wanted} case, as most instructions here`,
    )
  }
}

const reserved = ['context', 'scratch']

function checkStageNames(stages: readonly Stage[], report: Report): void {
  const seen = new Set<string>()
  for (const { from } of stages) {
    const { name } = from
    if (name === undefined) continue
    if (reserved.includes(name))
      report('ReservedStageName', from, `'${name}' means something else: name the stage otherwise`)
    if (seen.has(name)) report('DuplicateStageName', from, `there is a stage '${name}' already`)
    seen.add(name)
  }
}

const secretWords = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i
const harmlessWords = /(?:_|^)(?:public|file|version)(?:_|$)/i

function checkSecrets(instruction: ArgInstruction | EnvInstruction, report: Report): void {
  const names = instruction.kind === 'arg' ? instruction.args : instruction.pairs
  for (const { name } of names) {
    if (!secretWords.test(name) || harmlessWords.test(name)) continue
    const what = `${instruction.kind.toUpperCase()} '${name}'`
    const message = `${what} looks like a secret, which stays in the image: use RUN --mount=type=secret`
    report('SecretsUsedInArgOrEnv', instruction, message)
  }
}

function checkDescription(instruction: Instruction | FromInstruction, names: readonly string[], report: Report): void {
  const last = instruction.comments?.at(-1)
  if (last === undefined || names.includes(last.split(' ')[0] as string)) return
  const name = names.length === 1 ? names[0] : 'NAME'
  report(
    'InvalidDefinitionDescription',
    instruction,
    `the comment above should start with what it describes: # ${name} …`,
  )
}
