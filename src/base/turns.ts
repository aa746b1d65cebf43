// Long work in one go, which lets the event loop turn now and then: only that tells of a Ctrl-C.

const itemsAtOnce = 64

/** The items as they come. @throws the signal's reason */
export async function* inTurns<T>(items: Iterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let count = 0
  for (const item of items) {
    yield item
    count += 1
    if (count % itemsAtOnce !== 0) continue
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
  }
}
