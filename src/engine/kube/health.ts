// Probes → health checks: liveness is the regular one, or else readiness, which otherwise stands beside it; startup runs in its place at first.

import { defined } from '../../base/defined.ts'
import type { HealthCheck, HealthFacet, RepeatedCheck } from '../../spec/health.ts'
import { defaultHealth } from '../../spec/health.ts'
import { networkProbeOf, shellWordsOf } from './action-command.ts'
import { expand } from './expand.ts'
import type { KubeProbe } from './read-action.ts'
import type { KubeContainer } from './read-container.ts'

/** Undefined where there is no probe. Liveness and startup end a container that fails; it is restarted if it is when it ends by itself. */
export function healthOf(container: KubeContainer, { isRestarted, variables }: HealthFacts): HealthFacet | undefined {
  const { liveness, readiness, startup } = withVariables(container, variables)
  const regular = liveness ?? readiness
  if (regular === undefined && startup === undefined) return undefined
  const onFailure = isRestarted ? 'restart' : 'stop'
  return {
    ...defaultHealth,
    check: regular === undefined ? alwaysHealthy(startup as KubeProbe) : checkOf(regular),
    ...(startup === undefined ? {} : { startup: { ...repeatedOf(startup), onFailure } }),
    ...(readiness === undefined || regular === readiness ? {} : { readiness: repeatedOf(readiness) }),
    onFailure: regular === undefined || regular === liveness ? onFailure : 'none',
  }
}

interface HealthFacts {
  readonly isRestarted: boolean
  readonly variables: ReadonlyMap<string, string>
}

/** As the kubelet does, in commands, and by variables only whose values stand in the manifest. */
function withVariables(
  { environment, liveness, readiness, startup }: KubeContainer,
  variables: ReadonlyMap<string, string>,
): Pick<KubeContainer, 'liveness' | 'readiness' | 'startup'> {
  const written = new Map(
    environment.flatMap(({ name, value }) => (value.kind === 'text' ? [[name, variables.get(name) ?? '']] : [])),
  )
  const expanded = (probe: KubeProbe | undefined) => {
    if (probe?.action.kind !== 'exec') return probe
    const command = probe.action.command.map((word) => expand(word, written))
    return { ...probe, action: { ...probe.action, command } }
  }
  return defined({ liveness: expanded(liveness), readiness: expanded(readiness), startup: expanded(startup) })
}

function checkOf(probe: KubeProbe): HealthCheck {
  const network = networkProbeOf(probe.action)
  return {
    test: shellWordsOf(probe.action),
    ...(network === undefined ? {} : { probe: network }),
    intervalNs: probe.periodSeconds * 1e9,
    timeoutNs: probe.timeoutSeconds * 1e9,
    startPeriodNs: probe.initialDelaySeconds * 1e9,
    ...(probe.initialDelaySeconds === 0 ? {} : { isDelayed: true }),
    retries: probe.failureThreshold,
  }
}

function repeatedOf(probe: KubeProbe): RepeatedCheck {
  return { ...checkOf(probe), successes: probe.successThreshold }
}

/** A startup check needs a regular one behind it. */
function alwaysHealthy(startup: KubeProbe): HealthCheck {
  return { ...checkOf(startup), test: ['CMD-SHELL', 'exit 0'], probe: { kind: 'always' } }
}
