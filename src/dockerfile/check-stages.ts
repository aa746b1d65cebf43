// Rules of --check that need the stages walked: variables, working folders, commands that another hides, ports, files that are left out.

import { normalize } from 'node:path/posix'
import type { Report } from './check-report.ts'
import { compileIgnorePatterns } from './ignore-patterns.ts'
import type {
  CopyInstruction,
  Dockerfile,
  FromInstruction,
  Instruction,
  ListInstruction,
  Stage,
} from './instruction.ts'
import { nearestWord } from './nearest-word.ts'
import { openScope, type ScopeOptions, type StageScope, type UndefinedUse } from './scope.ts'

export interface StageCheckOptions extends Omit<ScopeOptions, 'onUndefined'> {
  /** ENV of a base image; undefined where it is not known, and then no variable of such a stage is called undefined. */
  readonly envOf: (image: string) => readonly string[] | undefined
  /** Of the context's ignore file. */
  readonly ignorePatterns: readonly string[]
}

interface Walk {
  readonly report: Report
  readonly options: StageCheckOptions
  /** What a use of an undefined variable means just now. */
  undefinedUse: (use: UndefinedUse) => void
}

/** @throws invalid where a word cannot be expanded */
export function checkStages(dockerfile: Dockerfile, options: StageCheckOptions, report: Report): void {
  const walk: Walk = { report, options, undefinedUse: () => undefined }
  const scope = openScope(dockerfile, { ...options, onUndefined: (use) => walk.undefinedUse(use) })
  const scopes = new Map<string, StageScope>()
  for (const stage of dockerfile.stages) {
    walk.undefinedUse = (use) => {
      report(
        'UndefinedArgInFrom',
        stage.from,
        `no ARG before the first FROM declares '${use.name}'${suggestion(use, '')}`,
      )
    }
    const { image } = scope.expandFrom(stage.from)
    const parent = scopes.get(image.toLowerCase())
    const env =
      parent === undefined ? baseEnv(options, image) : parent.env().map(({ name, value }) => `${name}=${value}`)
    const stageScope = scope.openStage({ env: withPath(env ?? []), ...(parent === undefined ? {} : { parent }) })
    checkInstructions(walk, stage, { scope: stageScope, isEnvKnown: env !== undefined })
    scopes.set(String(stage.index), stageScope)
    if (stage.from.name !== undefined) scopes.set(stage.from.name, stageScope)
  }
}

function baseEnv({ envOf }: StageCheckOptions, image: string): readonly string[] | undefined {
  return image === 'scratch' ? [] : envOf(image)
}

function withPath(env: readonly string[]): string[] {
  return env.some((text) => text.startsWith('PATH=')) ? [...env] : ['PATH=/usr/bin:/bin', ...env]
}

interface StageFacts {
  readonly scope: StageScope
  readonly isEnvKnown: boolean
}

function checkInstructions(walk: Walk, stage: Stage, { scope, isEnvKnown }: StageFacts): void {
  const { report } = walk
  const once = new Map<string, Instruction>()
  let hasShell = false
  let hasWorkdir = false
  for (const instruction of stage.instructions) {
    walk.undefinedUse = (use) => {
      if (!isEnvKnown) return
      report('UndefinedVar', instruction, `nothing sets '$${use.name}'${suggestion(use, '$')}`)
    }
    const expanded = scope.expand(instruction)
    checkExpanded(walk, expanded, { hasShell, hasWorkdir })
    checkOnce(once, expanded, report)
    hasShell ||= expanded.kind === 'shell'
    hasWorkdir ||= expanded.kind === 'workdir'
  }
}

function suggestion({ name, known }: UndefinedUse, sign: string): string {
  const near = nearestWord(name, known)
  return near === undefined ? '' : `; did you mean ${sign}${near}?`
}

/** Of these only the last one in a stage counts. */
function checkOnce(seen: Map<string, Instruction>, instruction: Instruction, report: Report): void {
  const { kind } = instruction
  if (kind !== 'cmd' && kind !== 'entrypoint' && kind !== 'healthcheck') return
  const before = seen.get(kind)
  if (before !== undefined) {
    report('MultipleInstructionsDisallowed', before, `a later ${kind.toUpperCase()} in the stage makes this one void`)
  }
  seen.set(kind, instruction)
}

interface Before {
  readonly hasShell: boolean
  readonly hasWorkdir: boolean
}

function checkExpanded({ report, options }: Walk, instruction: Instruction, { hasShell, hasWorkdir }: Before): void {
  switch (instruction.kind) {
    case 'workdir':
      if (hasWorkdir || instruction.text.startsWith('/')) return
      return report(
        'WorkdirRelativePath',
        instruction,
        `'${instruction.text}' is relative to a folder that the base image chooses`,
      )
    case 'cmd':
    case 'entrypoint':
      if (hasShell || instruction.command.form === 'exec') return
      return report(
        'JSONArgsRecommended',
        instruction,
        `write ${instruction.kind.toUpperCase()} as a JSON array: a shell in between keeps signals from the program`,
      )
    case 'expose':
      return checkPorts(instruction, report)
    case 'copy':
    case 'add':
      return checkSources(instruction, options.ignorePatterns, report)
    default:
  }
}

function checkPorts(instruction: ListInstruction, report: Report): void {
  for (const word of instruction.words) {
    const protocol = word.split('/')[1] ?? ''
    if (protocol !== protocol.toLowerCase()) {
      report('ExposeProtoCasing', instruction, `the protocol of '${word}' should be in lower case`)
    }
    if (word.includes(':')) {
      report('ExposeInvalidFormat', instruction, `EXPOSE takes a port of the container only, not '${word}'`)
    }
  }
}

/** With `!` patterns it takes the files themselves to know. */
function checkSources(instruction: CopyInstruction, patterns: readonly string[], report: Report): void {
  if (instruction.from !== undefined || patterns.some((pattern) => pattern.startsWith('!'))) return
  const { isIgnored } = compileIgnorePatterns(patterns)
  for (const source of instruction.sources) {
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) continue
    const path = normalize(source).replace(/^\/+|\/+$/g, '')
    const isRoot = path === '.' || path === ''
    if (isRoot ? patterns.some((pattern) => ['*', '**', '**/*'].includes(pattern)) : isIgnored(path)) {
      report('CopyIgnoredFile', instruction, `'${source}' is left out of the context by its ignore file`)
    }
  }
}

/** Rules of FROM that look at the word as written. */
export function checkBases(dockerfile: Dockerfile, options: StageCheckOptions, report: Report): void {
  const scope = openScope(dockerfile, { ...options, buildArgs: new Map() })
  for (const { from } of dockerfile.stages) {
    checkPlatform(from, report)
    if (!isImageName(expandedOrEmpty(scope, from))) {
      report(
        'InvalidDefaultArgInFrom',
        from,
        `without build args '${from.image}' is no image's name: give its ARG a default`,
      )
    }
  }
}

function expandedOrEmpty(scope: ReturnType<typeof openScope>, from: FromInstruction): string {
  try {
    return scope.expandFrom(from).image
  } catch {
    return ''
  }
}

function checkPlatform(from: FromInstruction, report: Report): void {
  const { platform, name = '' } = from
  if (platform === undefined) return
  if (platform === '$TARGETPLATFORM' || platform === '${TARGETPLATFORM}') {
    return report('RedundantTargetPlatform', from, `--platform=${platform} is what a stage is built for anyway`)
  }
  const parts = platform.toLowerCase().split('/')
  if (platform.includes('$') || parts.slice(0, 2).some((part) => name.includes(part))) return
  report('FromPlatformFlagConstDisallowed', from, `--platform=${platform} ties the stage to one platform`)
}

/** The grammar of image references, loosely: enough to see an empty part. */
function isImageName(text: string): boolean {
  return /^(?:[\w.-]+(?::\d+)?\/)?[a-z0-9._-]+(?:\/[a-z0-9._-]+)*(?::[\w][\w.-]*)?(?:@\w+:[0-9a-f]+)?$/.test(text)
}
