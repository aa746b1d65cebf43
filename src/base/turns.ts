// Long work in one go, which lets the event loop turn now and then: only that tells of a Ctrl-C.

const itemsAtOnce = 64

/** The items as they come. @throws the signal's reason */
export async function* inTurns<T>(items: Iterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let count = 0
  for (const item of items) {
    yield item
    count += 1
    if (count % itemsAtOnce === 0) await turn(signal)
  }
}

/** Takes all steps. @throws the signal's reason */
export async function takeInTurns(steps: Iterable<unknown>, signal: AbortSignal): Promise<void> {
  let count = 0
  for (const _ of steps) {
    count += 1
    if (count % itemsAtOnce === 0) await turn(signal)
  }
}

async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}
