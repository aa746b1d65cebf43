// What a terminal shows of a build at one moment. Pure.

import type { StepRef } from '../../engine/build/build-progress.ts'

export interface ShownStep {
  readonly at: StepRef
  readonly text: string
  readonly status: 'running' | 'done' | 'cached' | 'failed'
  /** As performance.now() has times. */
  readonly startedAt: number
  readonly endedAt?: number
  /** What it has said. */
  readonly output: readonly string[]
}

export interface BuildScreen {
  readonly steps: readonly ShownStep[]
  readonly elapsedMs: number
  /** Nothing follows: all steps are shown, whatever the height. */
  readonly isLast: boolean
  readonly isFailed: boolean
}

const outputLines = 6

/** At most as many lines as the terminal has, each at most as wide. */
export function drawScreen(
  { steps, elapsedMs, isLast, isFailed }: BuildScreen,
  { columns, rows }: { columns: number; rows: number },
  now: number,
): string[] {
  const done = steps.filter(({ status }) => status !== 'running').length
  const state = isFailed ? 'ERROR' : isLast ? 'FINISHED' : ''
  const title = `[+] Building ${seconds(elapsedMs)} (${done}/${steps.length})${state === '' ? '' : ` ${state}`}`
  const lines = steps.toSorted(byPlace).flatMap((step) => stepLines(step, { columns, now, isLast }))
  const room = Math.max(1, rows - 2)
  return [cut(title, columns), ...(isLast ? lines : lines.slice(-room))]
}

function byPlace({ at: one }: ShownStep, { at: other }: ShownStep): number {
  return one.stage - other.stage || one.step - other.step
}

interface Place {
  readonly columns: number
  readonly now: number
  readonly isLast: boolean
}

function stepLines(step: ShownStep, { columns, now, isLast }: Place): string[] {
  const { at, text, status, startedAt, endedAt = now, output } = step
  const stage = at.stageName ?? (at.stages > 1 ? `stage-${at.stage}` : '')
  const mark = status === 'cached' ? 'CACHED ' : status === 'failed' ? 'ERROR ' : ''
  const name = `[${stage === '' ? '' : `${stage} `}${at.step}/${at.steps}] ${text.split('\n')[0] ?? ''}`
  const time = seconds(endedAt - startedAt)
  const width = Math.max(10, columns - time.length - 1)
  const line = `${cut(` => ${mark}${name}`, width).padEnd(width)} ${time}`
  const isTelling = status === 'failed' || (status === 'running' && !isLast)
  const said = isTelling ? output.filter((one) => one !== '').slice(status === 'failed' ? -50 : -outputLines) : []
  return [line, ...said.map((one) => cut(` => => # ${printable(one)}`, columns))]
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
}

function cut(text: string, width: number): string {
  const plain = printable(text)
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 1))}…`
}

/** What a step prints must not move the cursor. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}
