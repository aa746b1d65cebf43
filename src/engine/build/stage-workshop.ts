// The workshop of one stage, made when its first step has something to do.

import { inOwnLockFlow } from '../../state/lock.ts'
import type { BuildSession } from './build-session.ts'
import { keepStack } from './keep-stack.ts'
import { openRunner, type Runner } from './runner.ts'
import { type SealRequest, seal } from './seal.ts'
import type { Stack, StackLayer } from './stack.ts'
import { type Bench, clearBench, openWorkshop, setUpBench, type Workshop } from './workshop.ts'

export interface StageWorkshop {
  /** Runs `act` on a bench over the stack, and makes a layer of what it wrote. */
  make(request: MakeRequest): Promise<StackLayer>
}

export interface MakeRequest {
  readonly stack: Stack
  /** The bench lies over nothing: the layer would be the same on any stack. */
  readonly isIndependent: boolean
  /** Answers where something was mounted. */
  readonly act: (place: {
    readonly bench: Bench
    readonly runner: Runner
    readonly workshop: Workshop
  }) => Promise<readonly string[]>
}

export function openStageWorkshop(session: BuildSession): StageWorkshop {
  const { engine, request } = session
  let opened: Promise<{ workshop: Workshop; runner: Runner }> | undefined
  const open = async () => {
    const workshop = session.cleanup.use(await openWorkshop(engine))
    return { workshop, runner: openRunner(engine, workshop, request.run) }
  }
  const make = async ({ stack, isIndependent, act }: MakeRequest): Promise<StackLayer> => {
    opened ??= open()
    const { workshop, runner } = await opened
    await keepStack(session, stack)
    const below: Stack = isIndependent ? [] : stack
    const bench = setUpBench(engine, workshop, below)
    try {
      const mountPoints = await act({ bench, runner, workshop })
      const sealing: SealRequest = {
        workshop,
        bench,
        stack,
        below,
        mountPoints,
        time: request.time.tree,
        pins: session.pins,
      }
      const layer = await seal(engine, sealing)
      session.layers.push(layer)
      return layer
    } catch (error) {
      clearBench(engine, workshop)
      throw error
    }
  }
  return { make: async (wanted) => inOwnLockFlow(async () => make(wanted)) }
}
