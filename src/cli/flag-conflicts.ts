import { invalid } from '../base/errors.ts'

/** Each: whether it is so, and what is said then. @throws invalid `flags-conflict` for the first that is */
export function refuseConflicts(conflicts: readonly (readonly [is: boolean, message: string])[]): void {
  const conflict = conflicts.find(([is]) => is)
  if (conflict !== undefined) throw invalid('flags-conflict', conflict[1])
}
