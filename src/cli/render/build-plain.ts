// A build as lines: podman's. What steps print goes where it would go without us, unless several stages print at once.

import { wholeLines } from '../../base/whole-lines.ts'
import type { BuildObserver, BuildProgress, StepOutput, StepRef } from '../../engine/build/build-progress.ts'
import { type OutputStream, pipedOutput } from './piped-output.ts'
import { printLineTo, printTo } from './print.ts'

export interface PlainOptions {
  /** Descriptors; -1 for nowhere. */
  readonly stdout: number
  readonly stderr: number
  readonly isQuiet: boolean
  /** `--> id` is left out: who wants ids has a file with them. */
  readonly hasIdFile: boolean
  /** Steps of several stages run at once: each line says whose it is. */
  readonly areAtOnce: boolean
}

export function plainObserver({ stdout, stderr, isQuiet, hasIdFile, areAtOnce }: PlainOptions): BuildObserver {
  const say = (line: string) => (isQuiet ? undefined : printLineTo(stdout, line))
  const running = openRunning()
  const whose = (at: StepRef) => (running.areSeveral() ? stagePrefix(at) : '')
  const tell = (progress: BuildProgress): void => {
    const prefix = 'at' in progress ? whose(progress.at) : ''
    running.tell(progress)
    switch (progress.type) {
      case 'step':
        return say(`${stepPrefix(progress.at)}${progress.text}`)
      case 'cached':
        return say(`${prefix}--> Using cache ${progress.imageId}`)
      case 'cache-pulled':
        return say(`--> Cache pulled from remote ${progress.from}:${progress.tag}`)
      case 'cache-pushed':
        return say(`--> Pushing cache [${progress.to.join(' ')}]:${progress.tag}`)
      case 'step-done':
        return hasIdFile ? undefined : say(`${prefix}--> ${progress.imageId.slice(0, 12)}`)
      case 'commit':
        return say(`${stagePrefix(progress.at)}COMMIT${progress.name === undefined ? '' : ` ${progress.name}`}`)
      case 'warning':
        return printLineTo(stderr, `[Warning] ${progress.message}`)
      case 'step-failed':
        return undefined
    }
  }
  return {
    tell,
    openOutput: (at) => {
      if (isQuiet) return passedOn(-1, -1)
      return areAtOnce && at.stages > 1 ? marked(() => whose(at), { stdout, stderr }) : passedOn(stdout, stderr)
    },
  }
}

/** Stages whose RUN is under way: as long as it is one, its lines are its own. */
function openRunning() {
  const stages = new Set<number>()
  return {
    areSeveral: () => stages.size > 1,
    tell(progress: BuildProgress): void {
      if (!('at' in progress)) return
      if (progress.type === 'step' && progress.text.startsWith('RUN')) stages.add(progress.at.stage)
      else stages.delete(progress.at.stage)
    },
  }
}

function passedOn(stdout: number, stderr: number): StepOutput {
  return { stdout, stderr, [Symbol.asyncDispose]: async () => undefined }
}

/** Line by line, each after the prefix of its moment. */
function marked(prefix: () => string, fds: Readonly<Record<OutputStream, number>>): StepOutput {
  const lines = { stdout: wholeLines(), stderr: wholeLines() }
  const show = (stream: OutputStream, bytes: Buffer) => {
    // Bytes, whatever they are of.
    const all = bytes.toString('latin1').split('\n').slice(0, -1)
    const text = all.map((line) => `${prefix()}${line}\n`).join('')
    printTo(fds[stream], Buffer.from(text, 'latin1'))
  }
  const output = pipedOutput((stream, data) => show(stream, lines[stream].push(data)))
  return {
    stdout: output.stdout,
    stderr: output.stderr,
    async [Symbol.asyncDispose]() {
      await output[Symbol.asyncDispose]()
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = lines[stream].rest()
        if (rest.length > 0) show(stream, Buffer.concat([rest, Buffer.from('\n')]))
      }
    },
  }
}

function stepPrefix(at: StepRef): string {
  return `${stagePrefix(at)}STEP ${at.step}/${at.steps}: `
}

function stagePrefix({ stage, stages }: StepRef): string {
  return stages > 1 ? `[${stage + 1}/${stages}] ` : ''
}
