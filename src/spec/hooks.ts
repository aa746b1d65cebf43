// Programs that the OCI runtime runs at the stages of a container's life, and oci-hooks(5): the files that say which containers get them.

import { defined } from '../base/defined.ts'
import { errorMessage } from '../base/errors.ts'
import { objectIn, textsIn } from './json-value.ts'

/** Of the runtime specification. `prestart` is its old word for createRuntime. */
const runtimeStages = ['createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop'] as const
export type RuntimeStage = (typeof runtimeStages)[number]
/** `precreate`: ours, before the runtime is called. */
export type HookStage = RuntimeStage | 'precreate'

export interface OciHook {
  readonly path: string
  /** With the program's name as the first. */
  readonly args?: readonly string[]
  /** All of it. */
  readonly env?: readonly string[]
  /** Seconds. */
  readonly timeout?: number
}

export type OciHooks = Readonly<Partial<Record<RuntimeStage, readonly OciHook[]>>>

export interface ConditionalHook {
  readonly hook: OciHook
  readonly stages: readonly HookStage[]
  readonly isFor: (container: HookedContainer) => boolean
}

export interface HookedContainer {
  readonly annotations: Readonly<Record<string, string>>
  readonly command: string
  readonly hasBindMounts: boolean
}

/** Of version 1.0.0. @throws Error with what is wrong */
export function parseConditionalHook(text: string): ConditionalHook {
  const file = objectIn(JSON.parse(text), 'the file')
  if (file['version'] !== '1.0.0') throw new Error(`version ${JSON.stringify(file['version'])} is not "1.0.0"`)
  const stages = textsIn(file['stages'], 'stages')
  if (stages === undefined) throw new Error('stages is missing')
  return {
    hook: parseOciHook(file['hook']),
    stages: stages.map(parseHookStage),
    isFor: conditionsOf(objectIn(file['when'] ?? {}, 'when')),
  }
}

/** @throws Error with what is wrong */
export function parseOciHook(value: unknown): OciHook {
  const { path, args, env, timeout } = objectIn(value, 'hook')
  if (typeof path !== 'string' || !path.startsWith('/')) throw new Error('hook.path is no absolute path')
  if (timeout !== undefined && !(Number.isInteger(timeout) && Number(timeout) > 0)) {
    throw new Error('hook.timeout is no number of seconds')
  }
  const seconds = timeout === undefined ? undefined : Number(timeout)
  return { path, ...defined({ args: textsIn(args, 'hook.args'), env: textsIn(env, 'hook.env'), timeout: seconds }) }
}

/** @throws Error when there is none of that name */
export function parseHookStage(text: string): HookStage {
  const name = text === 'prestart' ? 'createRuntime' : text
  const stage = ([...runtimeStages, 'precreate'] as const).find((one) => one === name)
  if (stage === undefined) throw new Error(`there is no stage ${JSON.stringify(text)}`)
  return stage
}

export function mergeHooks(...all: readonly (OciHooks | undefined)[]): OciHooks {
  const merged = runtimeStages.map((stage) => [stage, all.flatMap((hooks) => hooks?.[stage] ?? [])] as const)
  return Object.fromEntries(merged.filter(([, hooks]) => hooks.length > 0))
}

export function hooksOfStage(hooks: readonly ConditionalHook[], stage: HookStage): OciHook[] {
  return hooks.filter(({ stages }) => stages.includes(stage)).map(({ hook }) => hook)
}

export function runtimeHooks(hooks: readonly ConditionalHook[]): OciHooks {
  return mergeHooks(Object.fromEntries(runtimeStages.map((stage) => [stage, hooksOfStage(hooks, stage)])))
}

/** All that are named must hold, and one must be named. */
function conditionsOf(when: Readonly<Record<string, unknown>>): ConditionalHook['isFor'] {
  const conditions = [...flagCondition(when), ...annotationConditions(when['annotations']), ...commandCondition(when)]
  return (container) => conditions.length > 0 && conditions.every((isMet) => isMet(container))
}

function flagCondition({ always, hasBindMounts }: Readonly<Record<string, unknown>>): ConditionalHook['isFor'][] {
  const isAlways = always === undefined || isTrue(always, 'when.always')
  const isForBinds = hasBindMounts === undefined || isTrue(hasBindMounts, 'when.hasBindMounts')
  return [
    ...(always === undefined ? [] : [() => isAlways]),
    ...(hasBindMounts === undefined ? [] : [(container: HookedContainer) => isForBinds && container.hasBindMounts]),
  ]
}

function annotationConditions(value: unknown): ConditionalHook['isFor'][] {
  return Object.entries(objectIn(value ?? {}, 'when.annotations')).map(([key, text]) => {
    const [name, content] = [patternOf(key, 'when.annotations'), patternOf(text, `when.annotations.${key}`)]
    return ({ annotations }) =>
      Object.entries(annotations).some(([key, value]) => name.test(key) && content.test(value))
  })
}

function commandCondition({ commands }: Readonly<Record<string, unknown>>): ConditionalHook['isFor'][] {
  const patterns = (textsIn(commands, 'when.commands') ?? []).map((text) => patternOf(text, 'when.commands'))
  return patterns.length === 0 ? [] : [({ command }) => patterns.some((pattern) => pattern.test(command))]
}

/** Go's flags at the beginning are RegExp's own. */
function patternOf(value: unknown, name: string): RegExp {
  if (typeof value !== 'string') throw new Error(`${name} is no text`)
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(value) ?? []
  try {
    return new RegExp(rest, flags)
  } catch (error) {
    throw new Error(`${name}: ${errorMessage(error)}`)
  }
}

function isTrue(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${name} is neither true nor false`)
  return value
}
