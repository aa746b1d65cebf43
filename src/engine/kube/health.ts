// Probes → health checks: liveness is the regular one, or else readiness; startup runs in its place at first.

import type { HealthCheck, HealthFacet } from '../../spec/health.ts'
import { defaultHealth } from '../../spec/health.ts'
import { networkProbeOf, shellWordsOf } from './action-command.ts'
import type { KubeProbe } from './read-action.ts'
import type { KubeContainer } from './read-container.ts'

/** Undefined where there is no probe. A container that is restarted when it ends is so when it is found unhealthy, too. */
export function healthOf(container: KubeContainer, { isRestarted }: { isRestarted: boolean }): HealthFacet | undefined {
  const { liveness, readiness, startup } = container
  const regular = liveness ?? readiness
  if (regular === undefined && startup === undefined) return undefined
  const isDeadly = liveness !== undefined || startup !== undefined
  return {
    ...defaultHealth,
    check: regular === undefined ? alwaysHealthy(startup as KubeProbe) : checkOf(regular),
    ...(startup === undefined ? {} : { startup: { ...checkOf(startup), successes: startup.successThreshold } }),
    onFailure: isDeadly && isRestarted ? 'restart' : 'none',
  }
}

function checkOf(probe: KubeProbe): HealthCheck {
  const network = networkProbeOf(probe.action)
  return {
    test: shellWordsOf(probe.action),
    ...(network === undefined ? {} : { probe: network }),
    intervalNs: probe.periodSeconds * 1e9,
    timeoutNs: probe.timeoutSeconds * 1e9,
    startPeriodNs: probe.initialDelaySeconds * 1e9,
    retries: probe.failureThreshold,
  }
}

/** A startup check needs a regular one behind it. */
function alwaysHealthy(startup: KubeProbe): HealthCheck {
  return { ...checkOf(startup), test: ['CMD-SHELL', 'exit 0'], probe: { kind: 'always' } }
}
