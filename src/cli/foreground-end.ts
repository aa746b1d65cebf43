// How a foreground ended, as an exit code.

import { EngineError } from '../base/errors.ts'
import type { FollowEnd } from '../engine/container/follow.ts'
import type { AttachEnd } from '../runtime/attach-client.ts'
import { exitCodes } from './exit-code.ts'

/** @throws unavailable `monitor-gone` when the monitor vanished and nobody knows the exit code */
export function foregroundEnd(end: FollowEnd | AttachEnd): number {
  switch (end.status) {
    case 'exited':
      return ('exitCode' in end ? end.exitCode : end.exit.exitCode) & 0xff
    case 'detached':
      return 0
    case 'output-closed':
      return exitCodes.brokenPipe
    case 'lost':
      throw new EngineError({ kind: 'unavailable', code: 'monitor-gone', message: end.message })
  }
}
