// A signal to a container's first process through its monitor, which alone reaps it: the signal can never meet a reused pid.

import { EngineError } from '../base/errors.ts'
import { attachClient, connectAttach, noStreams } from './attach-client.ts'

/** False when the monitor has gone. Resolves when the monitor has the signal, not when it was acted on. */
export async function sendSignal(attachSocket: string, signal: number): Promise<boolean> {
  try {
    const socket = await connectAttach(attachSocket)
    const client = attachClient(socket, noStreams)
    client.signal(signal)
    await new Promise<void>((resolve) => socket.end(() => resolve()))
    await client.ended
    return true
  } catch (error) {
    if (error instanceof EngineError && error.code === 'monitor-gone') return false
    throw error
  }
}
