// Limits of a container, or of a pod's group, as Kubernetes' amounts.

import { availableParallelism } from 'node:os'
import { defined } from '../../base/defined.ts'
import { cpuTime } from '../../spec/cpu.ts'
import type { Limits } from '../../spec/limits.ts'

/** In thousandths of a CPU, which Kubernetes knows nothing finer than. */
export function generateResources(limited: Limits): { readonly resources?: object } {
  const { period, quota } = cpuTime(limited)
  const milli = period === undefined || quota === undefined ? 0 : Math.trunc((1000 * quota) / period)
  const limits = defined({
    cpu: milli < 1 ? undefined : `${milli}m`,
    memory: limited.memoryBytes ? String(limited.memoryBytes) : undefined,
  })
  const requests = defined({
    cpu: limited.cpuShares === undefined ? undefined : `${cpuRequest(limited.cpuShares, milli)}m`,
    memory: limited.memoryReservationBytes ? String(limited.memoryReservationBytes) : undefined,
  })
  const found = {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(requests).length === 0 ? {} : { requests }),
  }
  return Object.keys(found).length === 0 ? {} : { resources: found }
}

/** At most what there is, and what it may have: Kubernetes refuses a request beyond the limit. */
function cpuRequest(shares: number, limit: number): number {
  return Math.min(Math.round((shares * 1000) / 1024), limit < 1 ? availableParallelism() * 1000 : limit)
}
