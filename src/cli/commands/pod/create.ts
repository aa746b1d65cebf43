// pod create: a pod and its infra container; nothing runs yet.

import type { Engine } from '../../../engine/engine.ts'
import type { PodRecord } from '../../../engine/pod/pod-record.ts'
import { defineCommand } from '../../command.ts'
import { podCreateOptions, toPodPlan } from '../../options/pod-create.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: podCreateOptions,
  positionals: [{ name: 'name', isOptional: true, complete: 'none' }],
  description:
    'The infra container needs no image: it runs a pause program of Gantry’s own, holds the namespaces that the containers share, and has the ' +
    'published ports, networks, names and volumes of all. Limits are those of the pod’s control group.',
  examples: [
    'gantry pod create',
    'gantry pod create --name web --publish 8080:80 --memory 512m',
    'gantry pod create --share net --infra-name web-infra web',
  ],
  async run(open, invocation) {
    const engine = await open()
    const plan = toPodPlan(invocation, engine.settings)
    const { create } = await import('../../../engine/pod/create.ts')
    const pod = await create(engine, plan)
    if (plan.idFile !== undefined) await writeId(engine, plan.idFile, pod)
    printLine(pod.id)
    return 0
  },
})

/** Where it cannot be written there is no pod either. */
async function writeId(engine: Engine, path: string, pod: PodRecord): Promise<void> {
  const { writeCidFile } = await import('../../../engine/container/cid-file.ts')
  try {
    writeCidFile(path, pod.id, '--pod-id-file')
  } catch (error) {
    const { remove } = await import('../../../engine/pod/remove.ts')
    await remove(engine, { pod, isForced: true })
    throw error
  }
}
