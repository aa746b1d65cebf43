// A pull may take longer than systemd lets a service start: while it goes on, the service manager is asked for patience, as podman asks.

import { logDebug } from '../../base/log.ts'
import { native } from '../../os/native.ts'
import type { Engine } from '../engine.ts'

const extensionMs = 30_000
const times = 10

/** Asks at once, and again before each extension is over, ten times at most. Nothing without NOTIFY_SOCKET. */
export function extendStart({ report }: Pick<Engine, 'report'>, reference: string): Disposable {
  const socket = process.env['NOTIFY_SOCKET']
  if (!socket) return { [Symbol.dispose]: () => undefined }
  const minutes = (times * extensionMs) / 60_000
  report({
    type: 'step',
    message: `Pulling image //${reference} inside systemd: setting pull timeout to ${minutes}m0s`,
  })
  let left = times
  const ask = () => {
    tell(socket)
    left -= 1
    if (left === 0) clearInterval(timer)
  }
  const timer = setInterval(ask, extensionMs - 5000)
  ask()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** A manager that is not there does not keep the image from coming. */
function tell(socket: string): void {
  try {
    native().sendDatagram(socket, Buffer.from(`EXTEND_TIMEOUT_USEC=${extensionMs * 1000}`))
  } catch (error) {
    logDebug('the service manager cannot be asked for patience', { error })
  }
}
