// At most N tasks at once, the rest in order of arrival.

export type Limit = <T>(task: () => Promise<T>) => Promise<T>

export function limitParallel(most: number): Limit {
  let running = 0
  const waiting: (() => void)[] = []
  return async (task) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
