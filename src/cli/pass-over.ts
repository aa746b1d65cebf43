// With --all, containers in a state that the verb does not apply to are passed over in silence.

import { EngineError } from '../base/errors.ts'

/** False when `work` found the state improper (or the container gone) and `isForAll`. */
export async function passOver(isForAll: boolean, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    const isApt = error instanceof EngineError && ['container-state', 'container-unknown'].includes(error.code)
    if (isForAll && isApt) return false
    throw error
  }
}
