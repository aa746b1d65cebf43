// pod logs: what the containers of a pod have written; the infra container says nothing.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { findPods, latestPodOption } from '../../pod-targets.ts'
import { logOptions, logWindow, showLogs } from '../../show-logs.ts'

export default defineCommand({
  options: {
    ...logOptions,
    container: {
      type: 'string',
      short: 'c',
      value: 'container',
      describe: 'Filter logs by container name or id which belongs to the pod',
      complete: 'container',
    },
    latest: latestPodOption,
  },
  positionals: [{ name: 'pod', isOptional: true, complete: 'pod' }],
  examples: ['gantry pod logs web', 'gantry pod logs --container db --follow web'],
  async run(open, { options, args }) {
    const { latest, container } = options
    if (latest && args.length > 0) throw invalid('arguments-invalid', '--latest and pods cannot be used together')
    if (!latest && args.length === 0) throw invalid('arguments-invalid', 'specify at least one pod name or ID to log')
    const window = logWindow(options)
    const [engine, { isInfra, membersOf }] = await Promise.all([open(), import('../../../engine/pod/members.ts')])
    const [target] = await findPods(engine, { names: args, latest })
    const members = membersOf(engine.at, target?.pod.id ?? '').filter((member) => !isInfra(member))
    const isWanted = ({ id, name }: { id: string; name: string }) =>
      name === container || id.startsWith(container ?? '')
    const shown = container === undefined ? members : members.filter(isWanted)
    if (container !== undefined && shown.length === 0) {
      throw invalid('container-not-in-pod', `container ${container} is not in pod ${target?.pod.name}`)
    }
    await showLogs(engine, shown, { ...options, window })
    return 0
  },
})
