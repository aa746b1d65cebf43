// --sdnotify: who tells the service manager, by its NOTIFY_SOCKET, that the service is up.

import { invalid } from '../base/errors.ts'

export const notifyModes = ['container', 'conmon', 'healthy', 'ignore'] as const
export type NotifyMode = (typeof notifyModes)[number]

export interface NotifyFacet {
  /** container: the program itself; conmon: the monitor, once it runs; healthy: who starts it, once a health check has succeeded. */
  readonly mode: NotifyMode
  /** Of whoever created it: a path, or `@` and an abstract name. Without one a start uses its own caller's. */
  readonly socket?: string
  /** No manager is told, of whomever: who plays its pod waits until it is ready, and tells for all. */
  readonly isAwaited?: boolean
}

/** Mounted into the container, with the socket in it. */
export const notifyFolder = '/run/notify'
export const notifyVariable = `NOTIFY_SOCKET=${notifyFolder}/notify.sock`

/** @throws invalid `notify-invalid` */
export function parseNotifyMode(text: string): NotifyMode {
  const mode = notifyModes.find((one) => one === text)
  if (mode === undefined) {
    throw invalid(
      'notify-invalid',
      `invalid sdnotify value ${JSON.stringify(text)}`,
      `Choose ${notifyModes.join(', ')}`,
    )
  }
  return mode
}
