// Limits of memory.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'

export interface MemoryLimits {
  readonly memoryBytes?: number
  /** Memory and swap together; -1 unlimited, 0 left alone. Twice the memory unless said. */
  readonly memorySwapBytes?: number
  /** What the kernel takes it back to when memory is short. */
  readonly memoryReservationBytes?: number
  /** 0 to 100. */
  readonly memorySwappiness?: number
  readonly isOomKillDisabled?: boolean
}

export interface OciMemory {
  readonly limit?: number
  readonly swap?: number
  readonly reservation?: number
  readonly swappiness?: number
  readonly disableOOMKiller?: boolean
}

/** runc and the kernel need this much to start anything at all. */
const leastMemoryBytes = 6 * 1024 * 1024

/** @throws invalid `memory-invalid` */
export function checkMemory(limits: MemoryLimits): void {
  const complaint = memoryComplaint(limits) ?? swapComplaint(limits)
  if (complaint !== undefined) throw invalid('memory-invalid', complaint)
}

/** Undefined where nothing is limited. */
export function ociMemory(limits: MemoryLimits): OciMemory | undefined {
  const { memoryBytes = 0, memorySwapBytes = memoryBytes * 2 } = limits
  const memory: OciMemory = defined({
    limit: memoryBytes > 0 ? memoryBytes : undefined,
    swap: memorySwapBytes === 0 ? undefined : memorySwapBytes,
    reservation: limits.memoryReservationBytes,
    swappiness: limits.memorySwappiness,
    disableOOMKiller: limits.isOomKillDisabled === true ? true : undefined,
  })
  return Object.keys(memory).length === 0 ? undefined : memory
}

function memoryComplaint(limits: MemoryLimits): string | undefined {
  const { memoryBytes = 0, memoryReservationBytes = 0, memorySwappiness = 0 } = limits
  if (memoryBytes > 0 && memoryBytes < leastMemoryBytes) return 'minimum memory limit allowed is 6MB'
  if (memoryBytes > 0 && memoryReservationBytes > memoryBytes) {
    return 'minimum memory limit cannot be less than memory reservation limit, see usage'
  }
  if (memorySwappiness <= 100) return undefined
  return `invalid value: ${memorySwappiness}, valid memory swappiness range is 0-100`
}

function swapComplaint({ memoryBytes = 0, memorySwapBytes = -1 }: MemoryLimits): string | undefined {
  if (memorySwapBytes < 0) return undefined
  if (memoryBytes === 0) return 'you should always set a memory limit when using a memoryswap limit, see usage'
  if (memorySwapBytes >= memoryBytes) return undefined
  return 'minimum memoryswap limit should be larger than memory limit, see usage'
}
