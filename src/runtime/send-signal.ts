// A signal to a container's first process through its monitor, which alone reaps it: the signal can never meet a reused pid.

import { encodeSignal } from './frames.ts'
import { sendFrame } from './send-frame.ts'

/** False when the monitor has gone. Resolves when the monitor has the signal, not when it was acted on. */
export async function sendSignal(attachSocket: string, signal: number): Promise<boolean> {
  return sendFrame(attachSocket, encodeSignal(signal))
}
