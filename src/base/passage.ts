// Waiting for a point in time.

const longestTimerMs = 2 ** 31 - 1

/** Resolves at `ns` (nanoseconds since 1970), at once if it has passed, and when the signal fires; keeps no process alive. */
export async function passageOf(ns: bigint, signal?: AbortSignal): Promise<void> {
  const leftMs = Number(ns / 1_000_000n) - Date.now()
  await new Promise<void>((resolve) => {
    const timer = leftMs > longestTimerMs ? undefined : setTimeout(resolve, Math.max(0, leftMs)).unref()
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
