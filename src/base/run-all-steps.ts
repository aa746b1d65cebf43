// Taking something down: what fails must not keep the rest standing.

/** Runs each, one after the other. @throws the only failure as it is; several as an AggregateError with the `message` */
export async function runAllSteps(steps: readonly (() => void | Promise<void>)[], message: string): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, message)
}
