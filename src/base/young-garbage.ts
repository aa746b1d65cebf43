// Buffers that a stream has passed on are garbage at once, but V8 counts the few bytes of their JavaScript halves: it lets 64 MB and
// more of them pile up in each thread before it looks. Who moves hundreds of megabytes says so here, and V8 looks in time.

const stepBytes = 4 << 20

/** To be told of bytes as they pass. The young generation holds little else then, so looking costs less than a millisecond. */
export function youngGarbage(): (bytes: number) => void {
  let passed = 0
  let collect: ((options: { type: 'minor' }) => void) | undefined
  return (bytes) => {
    passed += bytes
    if (passed < stepBytes) return
    passed = 0
    collect ??= exposed()
    collect({ type: 'minor' })
  }
}

/** Set back at once: V8 would refuse compiled code that was kept under another flag, and the launcher keeps it at the end. */
function exposed(): (options: { type: 'minor' }) => void {
  // Loaded only now: most that can move much moves little.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  const { runInNewContext } = process.getBuiltinModule('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as ReturnType<typeof exposed>
  setFlagsFromString('--no-expose-gc')
  return collect
}
