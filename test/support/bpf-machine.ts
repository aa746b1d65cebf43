// Runs seccomp filters as the kernel does (seccomp(2), classic BPF), as far as libseccomp and we use its instructions.

export interface SystemCall {
  /** AUDIT_ARCH_… */
  readonly architecture: number
  readonly number: number
  readonly args?: readonly bigint[]
}

/** What the filters together say: `allow`, `kill`, `errno 38` … */
export function verdictOf(filters: readonly Buffer[], call: SystemCall): string {
  const data = dataOf(call)
  // Of several actions the one that allows least, which is the lower number as a signed one.
  const actions = filters.map((filter) => run(filter, data))
  const strictest = actions.reduce((one, other) => ((other & ~0xffff) < (one & ~0xffff) ? other : one))
  return nameOf(strictest)
}

/** struct seccomp_data. */
function dataOf({ architecture, number, args = [] }: SystemCall): Buffer {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number >>> 0, 0)
  data.writeUInt32LE(architecture >>> 0, 4)
  args.forEach((arg, index) => data.writeBigUInt64LE(arg, 16 + index * 8))
  return data
}

function run(filter: Buffer, data: Buffer): number {
  let accumulator = 0
  for (let at = 0; ; at += 1) {
    const code = filter.readUInt16LE(at * 8)
    const k = filter.readUInt32LE(at * 8 + 4)
    const jump = (isTrue: boolean) => filter.readUInt8(at * 8 + (isTrue ? 2 : 3))
    if (code === 0x06) return k | 0
    if (code === 0x20) accumulator = data.readUInt32LE(k)
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0
    else if (code === 0x05) at += k
    else if (code === 0x15) at += jump(accumulator === k)
    else if (code === 0x25) at += jump(accumulator > k)
    else if (code === 0x35) at += jump(accumulator >= k)
    else if (code === 0x45) at += jump((accumulator & k) !== 0)
    else throw new Error(`unknown instruction 0x${code.toString(16)} at ${at}`)
  }
}

function nameOf(action: number): string {
  const kind = (action & ~0xffff) >>> 0
  if (kind === 0x7fff0000) return 'allow'
  if (kind === 0x00050000) return `errno ${action & 0xffff}`
  return kind === 0 || kind === 0x80000000 ? 'kill' : `action 0x${kind.toString(16)}`
}
