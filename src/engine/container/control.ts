// A verb's own line to a container's monitor: it signals, and learns of the end without polling.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import {
  type AttachClient,
  type AttachEnd,
  attachClient,
  connectAttach,
  noStreams,
} from '../../runtime/attach-client.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'

export function attachSocketOf(at: Layout, id: string): string {
  return join(paths.runContainer(at, id), containerFiles.run.attachSocket)
}

/** Subscribed to nothing. Undefined when the monitor has gone: then live-state.ts knows the end. */
export function openControl(at: Layout, id: string): AttachClient | undefined {
  try {
    return attachClient(connectAttach(attachSocketOf(at, id)), noStreams)
  } catch (error) {
    if (error instanceof EngineError && error.code === 'monitor-gone') return undefined
    throw error
  }
}

/** The end, or undefined when it did not come within `limitMs` (Infinity waits for ever). */
export async function endWithin(client: AttachClient, limitMs: number): Promise<AttachEnd | undefined> {
  if (limitMs > 2 ** 31 - 1) return client.ended
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs)
  })
  try {
    return await Promise.race([client.ended, late])
  } finally {
    clearTimeout(timer)
  }
}
