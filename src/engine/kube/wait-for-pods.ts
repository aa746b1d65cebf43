// Until pods have ended: a pod of a manifest ends, infra container and all, with its last container.

import { isContainerGone } from '../container/lock-container.ts'
import { wait } from '../container/wait.ts'
import type { Engine } from '../engine.ts'
import { readPod } from '../pod/pod-record.ts'
import type { Played } from './play.ts'

/** One that is removed has ended, too. */
export async function waitForPods(engine: Engine, { pods }: Played): Promise<void> {
  const infras = pods.flatMap(({ id }) => readPod(engine.at, id)?.infraId ?? [])
  await Promise.all(
    infras.map(async (id) => {
      try {
        await wait(engine, { container: { id, name: id }, conditions: [] })
      } catch (error) {
        if (!isContainerGone(error)) throw error
      }
    }),
  )
}
