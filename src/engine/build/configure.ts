// Instructions that change the image's configuration alone.

import { posix } from 'node:path'
import { defined } from '../../base/defined.ts'
import { signalNumber } from '../../base/signal-number.ts'
import type {
  Command,
  CommandInstruction,
  HealthcheckInstruction,
  Instruction,
  ListInstruction,
  Pair,
  TextInstruction,
} from '../../dockerfile/instruction.ts'
import { mergeEnvironment, variableName } from '../../spec/environment.ts'
import { parseExpose } from '../../spec/port-text.ts'
import type { DraftConfig, DraftHealthcheck, ImageDraft } from './image-draft.ts'

const usualShell = ['/bin/sh', '-c']

/** `instruction` is expanded; RUN, COPY and ADD, which need a file system, are not for here. @throws invalid `port-invalid` */
export function configure(draft: ImageDraft, instruction: Instruction): ImageDraft {
  if (instruction.kind === 'maintainer') return { ...draft, author: instruction.text }
  if (instruction.kind === 'env') return environment(draft, instruction.pairs)
  if (instruction.kind === 'cmd') {
    return { ...draft, isCommandOwn: true, config: { ...draft.config, Cmd: wordsOf(draft.config, instruction) } }
  }
  const changed = { ...draft, config: { ...draft.config, ...changeOf(draft, instruction) } }
  return instruction.kind === 'workdir' ? { ...changed, workdirUser: draft.config.User ?? '' } : changed
}

/** That of SHELL, or the usual one. */
export function shellOf({ Shell }: DraftConfig): readonly string[] {
  return Shell ?? usualShell
}

export function workdirOf({ WorkingDir }: DraftConfig): string {
  return posix.resolve('/', WorkingDir ?? '/')
}

function changeOf(draft: ImageDraft, instruction: Instruction): DraftConfig {
  const { config } = draft
  switch (instruction.kind) {
    case 'label':
      return { Labels: { ...config.Labels, ...Object.fromEntries(instruction.pairs.map(named)) } }
    case 'entrypoint':
      return entrypoint(draft, instruction)
    case 'workdir':
    case 'user':
    case 'stopsignal':
      return textChange(config, instruction)
    case 'expose':
    case 'volume':
      return listChange(config, instruction)
    default:
      return dockersChange(config, instruction)
  }
}

function dockersChange(config: DraftConfig, instruction: Instruction): DraftConfig {
  switch (instruction.kind) {
    case 'shell':
      return { Shell: instruction.words }
    case 'healthcheck':
      return { Healthcheck: healthcheckOf(instruction) }
    case 'onbuild':
      return { OnBuild: [...(config.OnBuild ?? []), instruction.text] }
    default:
      return {}
  }
}

function textChange(config: DraftConfig, { kind, text }: TextInstruction): DraftConfig {
  if (kind === 'workdir') return { WorkingDir: posix.resolve(workdirOf(config), text) }
  if (kind === 'user') return { User: text }
  signalNumber(text)
  return { StopSignal: text }
}

function listChange(config: DraftConfig, { kind, words }: ListInstruction): DraftConfig {
  if (kind === 'expose') return { ExposedPorts: { ...config.ExposedPorts, ...portsOf(words) } }
  return { Volumes: { ...config.Volumes, ...Object.fromEntries(words.map((path) => [path, {}])) } }
}

/** Variables of the base that the stage sets anew come after those that it leaves alone: podman's order. */
function environment({ config, ownVariables, ...draft }: ImageDraft, pairs: readonly Pair[]): ImageDraft {
  const own = new Set([...ownVariables, ...pairs.map(({ name }) => name)])
  const isNew = (name: string) => own.has(name) && !ownVariables.includes(name)
  const kept = (config.Env ?? []).filter((entry) => !isNew(variableName(entry)))
  const Env = mergeEnvironment(kept, entriesOf(pairs))
  return { ...draft, ownVariables: [...own], config: { ...config, Env } }
}

/** A CMD that the base had is not for another program. */
function entrypoint({ config, isCommandOwn }: ImageDraft, instruction: CommandInstruction): DraftConfig {
  return { Entrypoint: wordsOf(config, instruction), ...(isCommandOwn ? {} : { Cmd: [] }) }
}

function wordsOf(config: DraftConfig, { command }: CommandInstruction): readonly string[] {
  return command.form === 'exec' ? command.words : [...shellOf(config), command.text]
}

function entriesOf(pairs: readonly Pair[]): string[] {
  return pairs.map(({ name, value }) => `${name}=${value}`)
}

function named({ name, value }: Pair): [string, string] {
  return [name, value]
}

function portsOf(words: readonly string[]): Record<string, object> {
  return Object.fromEntries(words.flatMap(parseExpose).map(({ port, protocol }) => [`${port}/${protocol}`, {}]))
}

function healthcheckOf(instruction: HealthcheckInstruction): DraftHealthcheck {
  const { command, intervalNs, timeoutNs, startPeriodNs, startIntervalNs, retries } = instruction
  if (command === 'none') return { Test: ['NONE'] }
  return {
    Test: testOf(command),
    ...defined({
      Interval: intervalNs,
      Timeout: timeoutNs,
      StartPeriod: startPeriodNs,
      StartInterval: startIntervalNs,
      Retries: retries,
    }),
  }
}

function testOf(command: Command): string[] {
  return command.form === 'exec' ? ['CMD', ...command.words] : ['CMD-SHELL', command.text]
}
