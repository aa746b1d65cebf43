// A build on a terminal, as BuildKit shows it: a line a step with its time, what the running ones say below them, all drawn again as it changes.

import { writeSync } from 'node:fs'
import type { BuildObserver, BuildProgress, StepRef } from '../../engine/build/build-progress.ts'
import { native } from '../../os/native.ts'
import { drawScreen, type ShownStep } from './build-screen.ts'
import { pipedOutput } from './piped-output.ts'

/** Disposed, it draws the last state and leaves it. */
export interface TerminalObserver extends BuildObserver, Disposable {}

const frameMs = 100

export function terminalObserver(fd: number): TerminalObserver {
  const shown = openSteps()
  const startedAt = performance.now()
  let drawnLines = 0
  const draw = (isLast: boolean) => {
    const { steps, isFailed } = shown.state()
    const elapsedMs = performance.now() - startedAt
    const lines = drawScreen({ steps, elapsedMs, isLast, isFailed }, sizeOf(fd), performance.now())
    const up = drawnLines === 0 ? '' : `\x1b[${drawnLines}A`
    writeSync(fd, `${up}${lines.map((line) => `\r\x1b[2K${line}\n`).join('')}\x1b[J`)
    drawnLines = lines.length
  }
  const timer = setInterval(() => draw(false), frameMs)
  timer.unref()
  return {
    tell: shown.tell,
    openOutput: (at) => pipedOutput((_, data) => shown.say(at, data.toString())),
    [Symbol.dispose]() {
      clearInterval(timer)
      draw(true)
      for (const message of shown.state().warnings) writeSync(fd, `[Warning] ${message}\n`)
    },
  }
}

interface ShownSteps {
  readonly tell: (progress: BuildProgress) => void
  readonly say: (at: StepRef, text: string) => void
  readonly state: () => {
    readonly steps: readonly ShownStep[]
    readonly isFailed: boolean
    readonly warnings: readonly string[]
  }
}

function openSteps(): ShownSteps {
  const steps = new Map<string, ShownStep>()
  const warnings: string[] = []
  const update = (at: StepRef, change: Partial<ShownStep>) => {
    const fresh = { at, text: '', startedAt: performance.now(), status: 'running', output: [] } as const
    steps.set(keyOf(at), { ...(steps.get(keyOf(at)) ?? fresh), ...change })
  }
  const end = (at: StepRef, status: ShownStep['status']) => update(at, { status, endedAt: performance.now() })
  const endRunning = (isMeant: (at: StepRef) => boolean) => {
    for (const { at, status } of steps.values()) if (status === 'running' && isMeant(at)) end(at, 'done')
  }
  const tell = (progress: BuildProgress): void => {
    switch (progress.type) {
      case 'step':
        endRunning((at) => isSameStage(at, progress.at))
        return update(progress.at, { text: progress.text })
      case 'cached':
        return end(progress.at, 'cached')
      case 'step-done':
        return endRunning((at) => isSameStage(at, progress.at))
      case 'step-failed':
        return end(progress.at, 'failed')
      case 'warning':
        return void warnings.push(progress.message)
      case 'cache-pulled':
      case 'cache-pushed':
        return undefined
      case 'commit':
        return endRunning(() => true)
    }
  }
  const say = (at: StepRef, text: string) => {
    const known = steps.get(keyOf(at))
    if (known !== undefined) update(at, { output: withText(known.output, text) })
  }
  const isFailed = () => [...steps.values()].some(({ status }) => status === 'failed')
  return { tell, say, state: () => ({ steps: [...steps.values()], isFailed: isFailed(), warnings }) }
}

function keyOf({ platform = '', stage, step }: StepRef): string {
  return `${platform} ${stage} ${step}`
}

function isSameStage(one: StepRef, other: StepRef): boolean {
  return one.stage === other.stage && one.platform === other.platform
}

/** One that does not say has the usual size. */
function sizeOf(fd: number): { columns: number; rows: number } {
  const { columns = 0, rows = 0 } = native().terminalSize(fd) ?? {}
  return { columns: columns || 80, rows: rows || 24 }
}

const keptLines = 200

/** The last line may go on. */
function withText(lines: readonly string[], text: string): string[] {
  const [first = '', ...others] = text.split('\n')
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${first}`, ...others].slice(-keptLines)
}
