import { expect, test } from 'vitest'
import { drawScreen, type ShownStep } from '../../../../src/cli/render/build-screen.ts'

const at = (stage: number, step: number) => ({
  stage,
  stages: 2,
  stageName: stage === 0 ? 'base' : undefined,
  step,
  steps: 3,
})
const step = (stage: number, number: number, more: Partial<ShownStep> = {}): ShownStep => ({
  at: at(stage, number),
  text: `RUN number ${number}`,
  status: 'done',
  startedAt: 1000,
  endedAt: 2500,
  output: [],
  ...more,
})

test('drawScreen shows steps in their order, with times, and what running ones say', () => {
  const steps = [
    step(1, 1, { status: 'cached', endedAt: 1000 }),
    step(0, 1),
    step(0, 2, { status: 'running', output: ['one', 'two\x1b[2J\x07', ''] }),
  ]
  const lines = drawScreen({ steps, elapsedMs: 3210, isLast: false, isFailed: false }, { columns: 50, rows: 24 }, 4000)
  expect(lines).toEqual([
    '[+] Building 3.2s (2/3)',
    ' => [base 1/3] RUN number 1                   1.5s',
    ' => [base 2/3] RUN number 2                   1.5s',
    ' => => # one',
    ' => => # two ',
    ' => CACHED [stage-1 1/3] RUN number 1         0.0s',
  ])
})

test('drawScreen fits the terminal, but for its last time', () => {
  const steps = Array.from({ length: 30 }, (_, index) => step(0, index))
  const size = { columns: 20, rows: 10 }
  const screen = { steps, elapsedMs: 0, isFailed: true }
  const lines = drawScreen({ ...screen, isLast: false }, size, 3000)
  expect(lines).toHaveLength(9)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(20)
  const last = drawScreen({ ...screen, isLast: true }, size, 3000)
  expect(last).toHaveLength(31)
  expect(last[0]).toContain('[+] Building 0.0s')
})
