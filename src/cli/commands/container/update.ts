// update: other limits, restart policy, environment and health checks for a container that is there.

import { defined } from '../../../base/defined.ts'
import type { Limits } from '../../../spec/limits.ts'
import { parseRestart } from '../../../spec/restart.ts'
import type { EnvironmentUpdate } from '../../../spec/update.ts'
import { defineCommand, defineOptions, type Invocation } from '../../command.ts'
import { readEnvironment } from '../../options/environment.ts'
import { healthOptions, isHealthNamed, isRestartedUnhealthy } from '../../options/health.ts'
import { limitOptions, limitsOf } from '../../options/limits.ts'
import { printLine } from '../../render/print.ts'

const updateOptions = defineOptions({
  ...limitOptions,
  ...healthOptions,
  env: { type: 'strings', short: 'e', value: 'name=value', describe: 'Set an environment variable' },
  restart: {
    type: 'string',
    value: 'policy',
    describe: 'What follows its end: no, always, unless-stopped, on-failure[:N]; with ,unhealthy also a failed health',
  },
  unsetenv: { type: 'strings', value: 'name', describe: 'Take an environment variable away' },
})

export default defineCommand({
  options: updateOptions,
  positionals: [{ name: 'container', complete: 'container' }],
  description:
    'Limits change at once, and hold after a restart; those that are not named stay. A changed environment is seen by exec sessions ' +
    'at once, by the container after a restart. Other health checks, and other times of theirs, count at once.',
  examples: [
    'gantry update --cpus 2 --memory 1g web',
    'gantry update --restart always web',
    'gantry update --health-interval 10s web',
  ],
  async run(open, invocation) {
    const { options } = invocation
    const asked = defined({
      limits: askedLimits(invocation),
      restart: options.restart === undefined ? undefined : parseRestart(options.restart).restart,
      environment: environmentOf(options),
      healthChanges: await healthChangesOf(invocation),
    })
    const [engine, { selectContainer }, { update }] = await Promise.all([
      open(),
      import('../../../engine/container/select.ts'),
      import('../../../engine/container/update.ts'),
    ])
    const container = selectContainer(engine, (invocation.args[0] as string).replace(/^\//, ''))
    await update(engine, container, asked)
    printLine(container.id)
    return 0
  },
})

async function healthChangesOf(invocation: Invocation<typeof updateOptions>) {
  const isForUnhealthy = isRestartedUnhealthy(invocation)
  if (!isHealthNamed(invocation) && !isForUnhealthy) return undefined
  const { healthChanges } = await import('../../options/health-facet.ts')
  return { ...healthChanges(invocation), ...(isForUnhealthy ? { onFailure: 'restart' as const } : {}) }
}

/** Undefined for none. Unlike at creation, 0 CPUs is no limit that is asked for: podman leaves what there is. */
function askedLimits(invocation: Invocation<typeof updateOptions>): Limits | undefined {
  const { cpus = 0, ...others } = limitsOf(invocation)
  const limits: Limits = cpus > 0 ? { ...others, cpus } : others
  return Object.keys(limits).length === 0 ? undefined : limits
}

function environmentOf({ env, unsetenv }: Invocation<typeof updateOptions>['options']): EnvironmentUpdate | undefined {
  if (env.length === 0 && unsetenv.length === 0) return undefined
  return { set: readEnvironment({ files: [], entries: env }), unset: unsetenv }
}
