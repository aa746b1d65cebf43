// Flags of health checks, of create, run and update. What they ask for is in health-facet.ts, loaded where one is given.

import { invalid } from '../../base/errors.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { healthActions } from '../../spec/health.ts'
import { parseRestart } from '../../spec/restart.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const healthOptions = defineOptions({
  'health-cmd': {
    type: 'string',
    aliases: ['healthcheck-command'],
    value: 'command',
    describe: 'Check its health so: a line for its shell, a JSON list of words, or none',
    complete: 'none',
  },
  'health-interval': {
    type: 'string',
    aliases: ['healthcheck-interval'],
    value: 'duration',
    describe: 'From one health check to the next; disable: only by hand (30s unless said)',
  },
  'health-log-destination': {
    type: 'string',
    value: 'place',
    describe: 'Log of health checks: local (with the container), events_logger, or a folder',
    complete: 'folder',
  },
  'health-max-log-count': {
    type: 'number',
    value: 'number',
    describe: 'Health checks that the log keeps; 0 is all (5 unless said)',
  },
  'health-max-log-size': {
    type: 'number',
    value: 'characters',
    describe: "What the log keeps of each one's output; 0 is all (500 unless said)",
  },
  'health-on-failure': {
    type: 'string',
    value: 'action',
    choices: healthActions,
    describe: 'What to do when it is unhealthy',
  },
  'health-retries': {
    type: 'number',
    aliases: ['healthcheck-retries'],
    value: 'number',
    describe: 'Failures in a row that make it unhealthy (3 unless said)',
  },
  'health-start-period': {
    type: 'string',
    aliases: ['healthcheck-start-period'],
    value: 'duration',
    describe: 'Failures do not count so long after its start (0s unless said)',
  },
  'health-startup-cmd': {
    type: 'string',
    value: 'command',
    describe: 'Check so until that succeeds, and only then as --health-cmd says',
    complete: 'none',
  },
  'health-startup-interval': {
    type: 'string',
    value: 'duration',
    describe: 'From one startup check to the next; disable: only by hand (30s unless said)',
  },
  'health-startup-retries': {
    type: 'number',
    value: 'number',
    describe: 'Failures of the startup check that start the container again; 0 never does',
  },
  'health-startup-success': {
    type: 'number',
    value: 'number',
    describe: 'Successes in a row that end the startup checks (1 unless said)',
  },
  'health-startup-timeout': {
    type: 'string',
    value: 'duration',
    describe: 'A startup check that takes longer has failed (30s unless said)',
  },
  'health-timeout': {
    type: 'string',
    aliases: ['healthcheck-timeout'],
    value: 'duration',
    describe: 'A health check that takes longer is killed, and has failed (30s unless said)',
  },
  'no-healthcheck': { type: 'boolean', describe: "Check no health, not even by the image's command" },
})

export type HealthInvocation = Invocation<typeof healthOptions>

type RestartableInvocation = HealthInvocation & { readonly options: { readonly restart: string | undefined } }

/** @throws invalid `health-invalid`, `health-conflict`, `health-log-invalid`, `restart-invalid` */
export async function withHealth(spec: ContainerSpec, invocation: RestartableInvocation): Promise<ContainerSpec> {
  const isForUnhealthy = isRestartedUnhealthy(invocation)
  if (!isHealthNamed(invocation) && !isForUnhealthy) return spec
  const { healthFacet } = await import('./health-facet.ts')
  const health = healthFacet(invocation)
  return { ...spec, health: isForUnhealthy ? { ...health, onFailure: 'restart' } : health }
}

/** `--restart always,unhealthy`. @throws invalid `health-conflict` beside another action; `restart-invalid` */
export function isRestartedUnhealthy({ options }: RestartableInvocation): boolean {
  const { isForUnhealthy } = parseRestart(options.restart ?? '')
  const action = options['health-on-failure'] ?? 'restart'
  if (!isForUnhealthy || action === 'restart') return isForUnhealthy
  throw invalid(
    'health-conflict',
    `--restart ${options.restart} and --health-on-failure ${action} contradict each other`,
  )
}

export function isHealthNamed({ given }: Pick<HealthInvocation, 'given'>): boolean {
  return Object.keys(healthOptions).some((name) => given.has(name))
}
