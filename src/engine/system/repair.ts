// `system check --repair`: every problem's cure, then another look. A cure may uncover what it hid, so there are a few rounds.

import { errorMessage } from '../../base/errors.ts'
import type { Engine } from '../engine.ts'
import { type CheckOptions, check } from './check.ts'
import { type Problem, problemKey } from './problem.ts'

export interface RepairOptions extends CheckOptions {
  /** Removes what cannot be healed. */
  readonly isForced: boolean
}

export interface Repaired {
  readonly healed: readonly Problem[]
  /** With the reason in the message where a cure failed. */
  readonly left: readonly Problem[]
}

const maxRounds = 4

/** Idempotent. Nothing of what is alive is touched. */
export async function repair(engine: Engine, options: RepairOptions): Promise<Repaired> {
  const all = new Map<string, Problem>()
  const failures = new Map<string, string>()
  let problems = await check(engine, options)
  for (let round = 0; round < maxRounds && problems.length > 0; round += 1) {
    for (const problem of problems) {
      const key = problemKey(problem)
      all.set(key, problem)
      const failure = await cure(problem, options.isForced)
      if (failure !== undefined) failures.set(key, failure)
      else failures.delete(key)
    }
    const before = new Set(problems.map(problemKey))
    problems = await check(engine, options)
    // The same again: nothing more can be done.
    if (problems.every((problem) => before.has(problemKey(problem)))) break
  }
  return divide(all, { failures, left: problems })
}

/** Why it failed, or undefined. */
async function cure({ heal, remove }: Problem, isForced: boolean): Promise<string | undefined> {
  const failure = heal === undefined ? 'it cannot be healed' : await attempt(heal)
  if (failure === undefined || !isForced || remove === undefined) return failure
  return attempt(remove)
}

async function attempt(act: () => Promise<unknown> | unknown): Promise<string | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    return errorMessage(error)
  }
}

function divide(
  all: ReadonlyMap<string, Problem>,
  rest: { failures: ReadonlyMap<string, string>; left: readonly Problem[] },
): Repaired {
  const isLeft = new Set([...rest.left.map(problemKey), ...rest.failures.keys()])
  const left = new Map([...all, ...rest.left.map((problem) => [problemKey(problem), problem] as const)])
  return {
    healed: [...all].filter(([key]) => !isLeft.has(key)).map(([, problem]) => problem),
    left: [...left]
      .filter(([key]) => isLeft.has(key))
      .map(([key, problem]) => withReason(problem, rest.failures.get(key))),
  }
}

function withReason(problem: Problem, reason: string | undefined): Problem {
  return reason === undefined ? problem : { ...problem, message: `${problem.message} (${reason})` }
}
