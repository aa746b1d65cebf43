// eq, ne, lt, le, gt, ge: among basic values of one kind, as Go compares them.

import type { FunctionTable } from './go-template-frame.ts'
import { isGoMap } from './go-value.ts'

export const compareFunctions: FunctionTable = {
  eq: { parameters: ['any', 'any'], isVariadic: true, call: isEqualToAny },
  ne: { parameters: ['any', 'any'], call: (a, b) => !isEqual(a, b) },
  lt: { parameters: ['any', 'any'], call: isLess },
  le: { parameters: ['any', 'any'], call: (a, b) => isLess(a, b) || isEqual(a, b) },
  gt: { parameters: ['any', 'any'], call: (a, b) => !isLess(a, b) && !isEqual(a, b) },
  ge: { parameters: ['any', 'any'], call: (a, b) => !isLess(a, b) },
}

function isEqualToAny(first: unknown, ...others: readonly unknown[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison')
  return others.some((other) => isEqual(first, other))
}

function isEqual(a: unknown, b: unknown): boolean {
  const isMissing = (value: unknown) => value === undefined || value === null
  if (isMissing(a) || isMissing(b)) return isMissing(a) && isMissing(b)
  if (Array.isArray(a) || isGoMap(a)) throw new Error(`non-comparable type ${Array.isArray(a) ? 'slice' : 'map'}`)
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison')
  return a === b
}

function isLess(a: unknown, b: unknown): boolean {
  const isOrdered = (value: unknown) => typeof value === 'string' || typeof value === 'number'
  if (!isOrdered(a)) throw new Error('invalid type for comparison')
  if (!isOrdered(b) || typeof a !== typeof b) throw new Error('incompatible types for comparison')
  return (a as string) < (b as string)
}
