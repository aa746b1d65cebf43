// Time as one capability, so that tests can hold it still.

export interface Clock {
  /** RFC 3339 with nanoseconds, UTC. */
  now(): string
}

export const systemClock: Clock = {
  now: () => toRfc3339Nano(wallClockNs()),
}

const startedAtNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()

function wallClockNs(): bigint {
  return startedAtNs + process.hrtime.bigint()
}

/** Holds the thread up: only where nothing tells of the event that is waited for. */
export function sleepSync(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** `ns` since 1970 as `2024-05-01T10:00:00.123456789Z`, the form podman prints. */
export function toRfc3339Nano(ns: bigint): string {
  const seconds = ns / 1_000_000_000n
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`
}
