// Instructions that change the image's configuration alone.

import { posix } from 'node:path'
import { defined } from '../../base/defined.ts'
import type { Command, CommandInstruction, HealthcheckInstruction, Instruction, Pair } from '../../dockerfile/instruction.ts'
import { mergeEnvironment } from '../../spec/environment.ts'
import { parseExpose } from '../../spec/port-text.ts'
import type { DraftConfig, DraftHealthcheck, ImageDraft } from './image-draft.ts'

const usualShell = ['/bin/sh', '-c']

/** `instruction` is expanded; RUN, COPY and ADD, which need a file system, are not for here. @throws invalid `port-invalid` */
export function configure(draft: ImageDraft, instruction: Instruction): ImageDraft {
  if (instruction.kind === 'maintainer') return { ...draft, author: instruction.text }
  if (instruction.kind === 'cmd') {
    return { ...draft, isCommandOwn: true, config: { ...draft.config, Cmd: wordsOf(draft.config, instruction) } }
  }
  return { ...draft, config: { ...draft.config, ...changeOf(draft, instruction) } }
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
    case 'env':
      return { Env: mergeEnvironment(config.Env ?? [], entriesOf(instruction.pairs)) }
    case 'label':
      return { Labels: { ...config.Labels, ...Object.fromEntries(instruction.pairs.map(named)) } }
    case 'entrypoint':
      return entrypoint(draft, instruction)
    case 'workdir':
      return { WorkingDir: posix.resolve(workdirOf(config), instruction.text) }
    case 'user':
      return { User: instruction.text }
    case 'stopsignal':
      return { StopSignal: instruction.text }
    case 'expose':
      return { ExposedPorts: { ...config.ExposedPorts, ...portsOf(instruction.words) } }
    case 'volume':
      return { Volumes: { ...config.Volumes, ...Object.fromEntries(instruction.words.map((path) => [path, {}])) } }
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
