// What transport/copy.ts needs, taken from the engine.

import type { CopyContext } from '../../transport/copy.ts'
import type { Engine } from '../engine.ts'

export function copyContext(engine: Engine): CopyContext {
  return {
    at: engine.at,
    patience: engine.patience,
    report: engine.report,
    signal: engine.signal,
    whiteouts: engine.storage().whiteouts,
    limits: engine.settings.unpackLimits,
    now: () => engine.clock.now(),
  }
}
