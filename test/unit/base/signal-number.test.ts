import { expect, test } from 'vitest'
import { signalName, signalNumber } from '../../../src/base/signal-number.ts'

test.for([
  [15, 'SIGTERM'],
  [34, 'SIGRTMIN'],
  [37, 'SIGRTMIN+3'],
  [49, 'SIGRTMIN+15'],
  [50, 'SIGRTMAX-14'],
  [64, 'SIGRTMAX'],
] as const)('signalName %i, and back', ([number, name]) => {
  expect(signalName(number)).toBe(name)
  expect(signalNumber(name)).toBe(number)
})
