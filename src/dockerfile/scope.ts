// ARG and ENV as a Dockerfile is walked: which variables stand where, what instructions become with them, and which of them a RUN sees.

import { expandInstruction } from './expand-instruction.ts'
import { expandWord } from './expand-word.ts'
import type { ArgInstruction, Dockerfile, FromInstruction, Instruction, Pair, SourceRange } from './instruction.ts'
import { isProxyArg, type PlatformWords, platformArgs } from './predefined-args.ts'
import { errorAt, SyntaxProblem } from './source-error.ts'
import { checkStageName } from './stage-name.ts'

export interface ScopeOptions {
  /** `--build-arg`. */
  readonly buildArgs: ReadonlyMap<string, string>
  readonly targetPlatform: PlatformWords
  readonly buildPlatform: PlatformWords
  /** `--target`, as TARGETSTAGE. */
  readonly targetStage?: string
  /** Called for each use of a variable that nothing declares. */
  readonly onUndefined?: (use: UndefinedUse) => void
}

export interface UndefinedUse {
  readonly name: string
  readonly range: SourceRange
  /** What could have been meant. */
  readonly known: readonly string[]
}

/** Of a whole build. */
export interface BuildScope {
  /** With the ARGs before the first FROM. @throws invalid where nothing is left as the image's name, or a stage's name becomes none */
  readonly expandFrom: (from: FromInstruction) => FromInstruction
  readonly openStage: (options: StageOptions) => StageScope
  /** Build args that no ARG takes, sorted: "one or more build args were not consumed". Predefined ones are never among them. */
  readonly unusedBuildArgs: () => string[]
}

export interface StageOptions {
  /** ENV of the base image, `NAME=value`. */
  readonly env: readonly string[]
  /** Of a stage that this one is built FROM: its ARGs stand here too. */
  readonly parent?: StageScope
}

/** Of one stage; it changes as the stage is walked. */
export interface StageScope {
  /** The same instruction with plain strings. After an ARG or ENV its names stand. @throws invalid, with the place in the file */
  readonly expand: <T extends Instruction>(instruction: T) => T
  /** ENV so far, the base image's first. */
  readonly env: () => Pair[]
  /**
   * The ARGs that count for a RUN's history (`|1 x=y /bin/sh -c …`) and cache key: those declared so far that have a value; where ENV
   * has the same name as well, with ENV's value. Sorted as buildah does. Proxies that no ARG declares are not among them.
   */
  readonly declaredArgs: () => Pair[]
  /** What a RUN's process gets: ENV; ARGs that ENV does not hide; proxies given as build args. */
  readonly runVariables: () => Pair[]
  /** ARG names declared so far with the values that they have: what a stage built on this one inherits. */
  readonly args: ReadonlyMap<string, string | undefined>
}

/** @throws invalid where an ARG before the first FROM cannot be expanded */
export function openScope(dockerfile: Dockerfile, options: ScopeOptions): BuildScope {
  const globals = new Map(platformArgs(options))
  const used = declaredNames(dockerfile)
  const build: Build = { dockerfile, options, globals, declared: new Set(globals.keys()), used }
  for (const arg of dockerfile.globalArgs) declareGlobals(build, arg)
  return {
    expandFrom: (from) => expandFrom(build, from),
    openStage: (stage) => openStage(build, stage),
    unusedBuildArgs: () =>
      Array.from(options.buildArgs.keys())
        .filter((name) => isUnused(build, name))
        .sort(),
  }
}

interface Build {
  readonly dockerfile: Dockerfile
  readonly options: ScopeOptions
  /** Usable in FROM; in a stage once an ARG names them. */
  readonly globals: Map<string, string>
  /** With or without a value. */
  readonly declared: Set<string>
  readonly used: Set<string>
}

function declaredNames({ globalArgs, stages }: Dockerfile): Set<string> {
  const inStages = stages.flatMap(({ instructions }) =>
    instructions.filter((instruction) => instruction.kind === 'arg'),
  )
  return new Set([...globalArgs, ...inStages].flatMap(({ args }) => args.map(({ name }) => name)))
}

function isUnused({ used, options }: Build, name: string): boolean {
  return !used.has(name) && !isProxyArg(name) && name !== 'SOURCE_DATE_EPOCH' && !platformArgs(options).has(name)
}

function declareGlobals(build: Build, instruction: ArgInstruction): void {
  for (const { name, value } of instruction.args) {
    const given = build.options.buildArgs.get(name)
    const settled = given ?? (value === undefined ? undefined : expandGlobal(build, value, instruction.range))
    if (settled !== undefined) build.globals.set(name, settled)
    build.declared.add(name)
  }
}

function expandFrom(build: Build, from: FromInstruction): FromInstruction {
  const image = expandGlobal(build, from.image, from.range)
  if (image === '') {
    const problem = new SyntaxProblem(`'${from.image}' comes to nothing as an image's name`, {
      near: from.image,
      hint: 'Give it with --build-arg, or give its ARG a default. ARGs of stages do not stand in FROM.',
    })
    throw errorAt(build.dockerfile, from.range, problem)
  }
  const { platform, name, ...others } = from
  const expanded = platform === undefined ? '' : expandGlobal(build, platform, from.range)
  return {
    ...others,
    image,
    ...(expanded === '' ? {} : { platform: expanded }),
    ...(name === undefined ? {} : { name: expandName(build, name, from.range) }),
  }
}

/** buildah's way; BuildKit takes names as they are. */
function expandName(build: Build, name: string, range: SourceRange): string {
  if (!name.includes('$')) return name
  const expanded = expandGlobal(build, name, range)
  return placed(build.dockerfile, range, () => checkStageName(expanded))
}

function expandGlobal({ dockerfile, globals, declared, options }: Build, word: string, range: SourceRange): string {
  const lookup = (name: string) => {
    if (!declared.has(name)) options.onUndefined?.({ name, range, known: Array.from(declared) })
    return globals.get(name)
  }
  return placed(dockerfile, range, () => expandWord(word, { escape: dockerfile.escape, lookup }))
}

interface StageState {
  readonly build: Build
  readonly env: Map<string, string>
  readonly args: Map<string, string | undefined>
}

function openStage(build: Build, { env, parent }: StageOptions): StageScope {
  const state: StageState = { build, env: new Map(env.map(splitVariable)), args: new Map(parent?.args) }
  return {
    expand: (instruction) => expand(state, instruction),
    env: () => pairs(state.env),
    declaredArgs: () => declaredArgs(state),
    runVariables: () => runVariables(state),
    args: state.args,
  }
}

function expand<T extends Instruction>(state: StageState, instruction: T): T {
  const { dockerfile } = state.build
  const { range } = instruction
  const lookup = (name: string) => lookUp(state, name, range)
  return placed(dockerfile, range, () => {
    if (instruction.kind === 'arg') return declareArgs(state, instruction, lookup) as T
    const expanded = expandInstruction(instruction, { escape: dockerfile.escape, lookup })
    if (expanded.kind === 'env') for (const { name, value } of expanded.pairs) state.env.set(name, value)
    return expanded
  })
}

/** ENV outranks ARG, whichever stands first. */
function lookUp({ build, env, args }: StageState, name: string, range: SourceRange): string | undefined {
  if (!env.has(name) && !args.has(name)) {
    build.options.onUndefined?.({ name, range, known: [...env.keys(), ...args.keys()] })
  }
  return env.get(name) ?? args.get(name)
}

function declareArgs(
  { build, args }: StageState,
  instruction: ArgInstruction,
  lookup: (name: string) => string | undefined,
): ArgInstruction {
  const { escape } = build.dockerfile
  const settled = instruction.args.map(({ name, value }) => {
    build.used.add(name)
    const fallback = () => (value === undefined ? build.globals.get(name) : expandWord(value, { escape, lookup }))
    const text = build.options.buildArgs.get(name) ?? fallback()
    args.set(name, text)
    return text === undefined ? { name } : { name, value: text }
  })
  return { ...instruction, args: settled }
}

function declaredArgs({ env, args }: StageState): Pair[] {
  const withValue = Array.from(args).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: env.get(name) ?? value }],
  )
  return withValue.sort((a, b) => (`${a.name}=${a.value}` < `${b.name}=${b.value}` ? -1 : 1))
}

function runVariables({ build, env, args }: StageState): Pair[] {
  const proxies = Array.from(build.options.buildArgs).filter(([name]) => isProxyArg(name))
  const declared = Array.from(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return pairs(new Map([...proxies, ...declared, ...env]))
}

function pairs(variables: ReadonlyMap<string, string>): Pair[] {
  return Array.from(variables, ([name, value]) => ({ name, value }))
}

function splitVariable(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
}

function placed<T>(dockerfile: Dockerfile, range: SourceRange, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw errorAt(dockerfile, range, error)
  }
}
