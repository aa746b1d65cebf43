// --sdnotify healthy: whoever starts the container tells the service manager once a health check has succeeded.

import { native } from '../../os/native.ts'
import type { Engine } from '../engine.ts'
import { notificationOf } from './notification.ts'
import type { StoredContainer } from './stored-container.ts'
import { wait } from './wait.ts'

/** Resolves when it is healthy, and told. @throws conflict `container-stopped` when it ends before */
export async function tellWhenHealthy(engine: Engine, container: StoredContainer): Promise<void> {
  await wait(engine, { container, conditions: ['healthy'] })
  const socket = notificationOf(container.stored.spec)?.socket
  if (socket !== undefined) native().sendDatagram(socket, Buffer.from('READY=1'))
}
