// One frame to a container's monitor, over a connection of its own.

import { closeSync, read, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { EngineError, errnoOf } from '../base/errors.ts'
import { native } from '../os/native.ts'
import { connectAttach } from './attach-client.ts'
import { encodeSubscribe, subscriptions } from './frames.ts'

/** False when the monitor has gone. Resolves when the monitor has the frame, not when it was acted on. */
export async function sendFrame(attachSocket: string, frame: Uint8Array): Promise<boolean> {
  let socket: number | undefined
  try {
    socket = connectAttach(attachSocket).fd
    writeSync(socket, Buffer.concat([encodeSubscribe(subscriptions.none), frame]))
    native().shutdown(socket)
    await untilClosed(socket)
    return true
  } catch (error) {
    if (error instanceof EngineError && error.code === 'monitor-gone') return false
    throw error
  } finally {
    if (socket !== undefined) closeSync(socket)
  }
}

/** The monitor closes it when it has read all. */
async function untilClosed(socket: number): Promise<void> {
  const bytes = Buffer.alloc(4096)
  try {
    while ((await promisify(read)(socket, bytes, 0, bytes.length, null)).bytesRead > 0);
  } catch (error) {
    if (errnoOf(error) !== 'ECONNRESET') throw error
  }
}
